"""How near a codec's copy is to its original: by mel bands, by spectra of several lengths, by onsets."""
