// Records what each microphone of a page hears, with the time at which each sample entered. Playwright runs it in the
// page before anything else.
//
// Each piece of sound says when it was taken, by a clock of the browser's that is not the page's. A piece arrives after its
// last sample has entered, never before: so the one that took the shortest way tells how far the two clocks are apart, too
// much by that way. What the microphone leaves out on a busy machine leaves a hole.
(() => {
    const media = navigator.mediaDevices;
    if (!media || window.__microphoneTap) return;
    const heard = { rate: 0, parts: [], times: [], apart: Infinity };
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
                const time = value.timestamp / 1e6;
                heard.apart = Math.min(heard.apart, performance.now() / 1000 - time - part.length / heard.rate);
                heard.times.push([time, part.length]);
                heard.parts.push(part);
                value.close();
            }
        })();
        return stream;
    };
    // All since the microphone was opened: its rate in Hz, when each piece entered by performance.now() in seconds and how
    // many samples it has, and the samples as float32.
    window.__microphoneTap = () =>
        new Promise((resolve) => {
            const reader = new FileReader();
            const pieces = heard.times.map(([time, count]) => [time + heard.apart, count]);
            reader.onload = () => resolve({ rate: heard.rate, pieces, samples: reader.result.split(",", 2)[1] ?? "" });
            reader.readAsDataURL(new Blob(heard.parts));
        });
})();
