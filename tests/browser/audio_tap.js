// Records whatever a page sends to its loudspeakers. Playwright runs it in the page before anything else.
//
// Each audio context gets a hub; a node that is connected to the context's destination is connected to the hub as well.
// Behind the hub an AudioWorklet collects the samples on the audio thread, so a busy page does not lose any (a
// ScriptProcessor would). What sounds before the worklet has loaded, some milliseconds, is not recorded.
(() => {
    if (typeof AudioNode === "undefined" || window.__audioTap) return;

    // Chunks of about a quarter of a second, handed over without a copy: the page's own sound must not suffer.
    const processorSource = `
        const SIZE = 12288;
        registerProcessor("audio-tap", class extends AudioWorkletProcessor {
            constructor() {
                super();
                this.clear();
                this.port.onmessage = ({ data: id }) => {
                    this.hand();
                    this.port.postMessage({ id });
                };
            }
            clear() {
                this.left = new Float32Array(SIZE);
                this.right = new Float32Array(SIZE);
                this.filled = 0;
            }
            hand() {
                const left = this.left.slice(0, this.filled), right = this.right.slice(0, this.filled);
                // the frame after the last of these
                this.port.postMessage({ left, right, end: currentFrame }, [left.buffer, right.buffer]);
                this.clear();
            }
            process([[left, right]]) {
                if (!left) return true;
                if (this.filled + left.length > SIZE) this.hand();
                this.left.set(left, this.filled);
                this.right.set(right ?? left, this.filled);
                this.filled += left.length;
                return true;
            }
        });`;
    const connect = AudioNode.prototype.connect;
    const disconnect = AudioNode.prototype.disconnect;
    const taps = new Map();

    function tapOf(context) {
        let tap = taps.get(context);
        if (tap) return tap;
        const hub = new GainNode(context, { channelCount: 2, channelCountMode: "explicit" });
        tap = { context, hub, recorder: null, waiting: new Map(), questions: 0, left: [], right: [],
            end: 0, apart: Infinity, late: [] };
        taps.set(context, tap);
        const url = URL.createObjectURL(new Blob([processorSource], { type: "text/javascript" }));
        context.audioWorklet?.addModule(url).then(() => {
            tap.recorder = new AudioWorkletNode(context, "audio-tap", { outputChannelCount: [2] });
            tap.recorder.port.onmessage = ({ data }) => {
                if (data.left) {
                    tap.left.push(data.left);
                    tap.right.push(data.right);
                    tap.end = data.end;
                    // The page's clock less the context's, from the message that took the shortest way.
                    tap.apart = Math.min(tap.apart, performance.now() / 1000 - data.end / context.sampleRate);
                    // And when a sample is heard less when it is due: as often as it can be told, since it is not exact,
                    // and is nonsense for a context that ends.
                    const { contextTime, performanceTime } = context.getOutputTimestamp();
                    if (performanceTime > 0) tap.late.push(performanceTime / 1000 - contextTime);
                    return;
                }
                tap.waiting.get(data.id)?.();
                tap.waiting.delete(data.id);
            };
            connect.call(hub, tap.recorder);
            // It plays silence; being connected is what makes the context run it.
            connect.call(tap.recorder, context.destination);
        });
        return tap;
    }

    AudioNode.prototype.connect = function (target, output, input) {
        if (target instanceof AudioDestinationNode && !(this.context instanceof OfflineAudioContext)) {
            connect.call(this, tapOf(this.context).hub, output ?? 0);
        }
        return connect.apply(this, arguments);
    };
    AudioNode.prototype.disconnect = function (target, output) {
        const tap = taps.get(this.context);
        if (tap && target instanceof AudioDestinationNode) {
            disconnect.apply(this, [tap.hub, ...(output === undefined ? [] : [output])]);
        }
        return disconnect.apply(this, arguments);
    };

    async function flush(tap) {
        if (!tap.recorder || tap.context.state === "closed") return;
        const id = ++tap.questions;
        const answer = new Promise((resolve) => tap.waiting.set(id, resolve));
        tap.recorder.port.postMessage(id);
        await Promise.race([answer, new Promise((resolve) => setTimeout(resolve, 2000))]);
    }

    // The browser encodes this in the background, so the page stays free to feed its own sound.
    function base64(chunks) {
        return new Promise((resolve) => {
            const reader = new FileReader();
            reader.onload = () => resolve(reader.result.split(",", 2)[1] ?? "");
            reader.readAsDataURL(new Blob(chunks));
        });
    }

    // What was recorded since the last call, one entry for each context: its rate, when by performance.now() in seconds
    // the first sample left the context (true while the recording has no holes), when the browser says that it is heard,
    // and left after right as float32.
    window.__audioTap = async () => {
        const heard = [];
        for (const tap of taps.values()) {
            await flush(tap);
            const { left, right } = tap;
            tap.left = [];
            tap.right = [];
            const frames = left.reduce((sum, chunk) => sum + chunk.length, 0);
            const { sampleRate: rate, baseLatency } = tap.context;
            const from = (tap.end - frames) / rate + tap.apart + baseLatency;
            const late = tap.late.sort((a, b) => a - b);
            tap.late = late.slice(late.length >> 1, (late.length >> 1) + 1); // the middle one; till there are others
            const ear = (tap.end - frames) / rate + (tap.late[0] ?? 0);
            heard.push({ rate, frames, from, ear, samples: await base64([...left, ...right]) });
        }
        return heard;
    };
})();
