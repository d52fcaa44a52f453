// Records whatever a page sends to its loudspeakers. Playwright runs it in the page before anything else.
//
// Each audio context gets a hub; a node that is connected to the context's destination is connected to the hub as well.
// Behind the hub an AudioWorklet collects the samples on the audio thread, so a busy page does not lose any (a
// ScriptProcessor would). What sounds before the worklet has loaded, some milliseconds, is not recorded.
(() => {
    if (typeof AudioNode === "undefined" || window.__audioTap) return;

    const processorSource = `
        registerProcessor("audio-tap", class extends AudioWorkletProcessor {
            constructor() {
                super();
                this.blocks = [];
                this.port.onmessage = ({ data: id }) => {
                    this.port.postMessage({ id, blocks: this.blocks });
                    this.blocks = [];
                };
            }
            process([[left, right]]) {
                if (left) this.blocks.push([left.slice(), (right ?? left).slice()]);
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
        tap = { context, hub, recorder: null, waiting: new Map(), questions: 0 };
        taps.set(context, tap);
        const url = URL.createObjectURL(new Blob([processorSource], { type: "text/javascript" }));
        context.audioWorklet?.addModule(url).then(() => {
            tap.recorder = new AudioWorkletNode(context, "audio-tap", { outputChannelCount: [2] });
            tap.recorder.port.onmessage = ({ data }) => {
                tap.waiting.get(data.id)?.(data.blocks);
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

    async function take(tap) {
        if (!tap.recorder || tap.context.state === "closed") return [];
        const id = ++tap.questions;
        const answer = new Promise((resolve) => tap.waiting.set(id, resolve));
        tap.recorder.port.postMessage(id);
        const late = new Promise((resolve) => setTimeout(resolve, 2000, []));
        return Promise.race([answer, late]);
    }

    function base64(samples) {
        const bytes = new Uint8Array(samples.buffer);
        let text = "";
        for (let i = 0; i < bytes.length; i += 32768) text += String.fromCharCode(...bytes.subarray(i, i + 32768));
        return btoa(text);
    }

    // What was recorded since the last call, one entry for each context: its rate, and left after right as float32.
    window.__audioTap = async () => {
        const heard = [];
        for (const tap of taps.values()) {
            const blocks = await take(tap);
            const frames = blocks.reduce((sum, [left]) => sum + left.length, 0);
            const samples = new Float32Array(2 * frames);
            let at = 0;
            for (const [left, right] of blocks) {
                samples.set(left, at);
                samples.set(right, frames + at);
                at += left.length;
            }
            heard.push({ rate: tap.context.sampleRate, frames, samples: base64(samples) });
        }
        return heard;
    };
})();
