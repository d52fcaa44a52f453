"""``mosaic``: a codec that is made of the sounds that it plays."""
