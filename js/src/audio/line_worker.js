// The page's end of an engine's own line, in a thread of its own: what it brings goes straight to the audio thread, also
// while the page draws. browser_sink.py sends the text in a synced trait; it is loaded from a Blob.

/** @type {WebSocket | null} */ let socket = null;
/** @type {MessagePort | null} */ let speaker = null; // of the audio thread
let listening = true; // not while the browser has paused the sound: it would only pile up
const text = new TextDecoder();

const worker = /** @type {{ postMessage(message: import("./page_line.js").Heard): void }} */ (
  /** @type {unknown} */ (self)
);

/** As line_frames.py's to_page has put it. @param {ArrayBuffer} data */
function take(data) {
  const length = new DataView(data).getUint32(0, true);
  /** @type {import("../shared/protocol.js").SoundToPage} */
  const message = JSON.parse(text.decode(new Uint8Array(data, 4, length)));
  if (message.type !== "pcm") {
    speaker?.postMessage(message);
    worker.postMessage(message);
    return;
  }
  if (message.echo) worker.postMessage({ type: "echo", echo: message.echo });
  if (!listening) return;
  const samples = new Float32Array(data, 4 + length);
  speaker?.postMessage({ ...message, samples }, [data]);
}

self.onmessage = ({ data }) => {
  if (data.speaker) speaker = data.speaker;
  if (data.listening !== undefined) listening = data.listening;
  if (data.report && socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(data.report));
  if (data.url) {
    socket = new WebSocket(data.url);
    socket.binaryType = "arraybuffer";
    socket.onmessage = (event) => take(event.data);
    socket.onclose = () => worker.postMessage({ type: "lost" });
  }
};
