// A microphone for pages: a sound file, round and round, by a clock that is known. Playwright runs it in the page before
// anything else. Chromium's own one that reads a file leaves out sound on a busy machine and does not say when.
//
// A context of its own renders the file into the stream that `getUserMedia` gives. It renders some milliseconds at once, as
// a microphone's driver hands them over: the newest of them enters at that moment, the others before it. So a sample enters
// when the page's clock less the context's is at its least in the second around it.
(() => {
    const media = navigator.mediaDevices;
    if (!media || window.__microphone) return;
    const told = { rate: 0, began: 0, clocks: [] };
    media.getUserMedia = async () => {
        const bytes = Uint8Array.from(atob(window.__microphoneFile), (letter) => letter.charCodeAt(0));
        const context = new AudioContext({ sampleRate: 44100 });
        const buffer = await context.decodeAudioData(bytes.buffer);
        await context.resume();
        const entry = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
        const node = new AudioBufferSourceNode(context, { buffer, loop: true });
        node.connect(entry);
        told.rate = buffer.sampleRate;
        told.began = context.currentTime + 0.1;
        node.start(told.began);
        setInterval(() => told.clocks.push([performance.now() / 1000, context.currentTime]), 5);
        window.__microphoneParts = [context, node, entry]; // so that nothing of it is collected
        return entry.stream;
    };
    // The file's rate in Hz; when by the context's clock it began; and what both clocks said time and again, in seconds.
    window.__microphone = () => told;
})();
