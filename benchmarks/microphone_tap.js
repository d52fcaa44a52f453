// Records what each microphone of a page hears, with the time at which each sample entered. Playwright runs it in the
// page before anything else.
//
// A piece of sound arrives after its last sample has entered, never before. So the piece that took the shortest way tells
// when they did, too late by that way.
(() => {
    const media = navigator.mediaDevices;
    if (!media || window.__microphoneTap) return;
    const heard = { rate: 0, frames: 0, parts: [], start: Infinity };
    const ask = media.getUserMedia.bind(media);
    media.getUserMedia = async (wishes) => {
        const stream = await ask(wishes);
        const [track] = stream.getAudioTracks();
        const reader = new MediaStreamTrackProcessor({ track: track.clone() }).readable.getReader();
        (async () => {
            for (;;) {
                const { value, done } = await reader.read();
                if (done) return;
                const part = new Float32Array(value.numberOfFrames);
                value.copyTo(part, { planeIndex: 0, format: "f32-planar" });
                heard.rate = value.sampleRate;
                heard.frames += part.length;
                heard.start = Math.min(heard.start, performance.now() / 1000 - heard.frames / heard.rate);
                heard.parts.push(part);
                value.close();
            }
        })();
        return stream;
    };
    // All since the microphone was opened: its rate in Hz, when its first sample entered by performance.now() in seconds,
    // and the samples as float32.
    window.__microphoneTap = () =>
        new Promise((resolve) => {
            const reader = new FileReader();
            reader.onload = () =>
                resolve({ rate: heard.rate, start: heard.start, samples: reader.result.split(",", 2)[1] ?? "" });
            reader.readAsDataURL(new Blob(heard.parts));
        });
})();
