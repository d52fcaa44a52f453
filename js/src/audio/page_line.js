// The line on which an engine plays in this page past its kernel: by Jupyter's server, and here by a worker.

/** Where a line of this name is, or "" where no Jupyter server has made this page. @param {string} name */
export function lineUrl(name) {
  try {
    const config = JSON.parse(document.getElementById("jupyter-config-data")?.textContent || "");
    const url = new URL(config.baseUrl || "/", location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    url.pathname += `${url.pathname.endsWith("/") ? "" : "/"}terrain_widgets/sound/${name}`;
    url.search = ""; // the login is in a cookie, as for the notebook's own connections to this server
    return url.href;
  } catch {
    return "";
  }
}

/**
 * What a page hears of its line: the engine's messages but for the sound itself, and what the worker says.
 * @typedef {Exclude<import("../shared/protocol.js").SoundToPage, { type: "pcm" }>
 *   | { type: "echo", echo: number[] } | { type: "lost" }} Heard
 */

export class PageLine {
  /**
   * @param {string} name
   * @param {string} worker its source
   * @param {(message: Heard) => void} hear what the engine says but for the sound itself, and "lost" at the end
   */
  constructor(name, worker, hear) {
    this.name = name;
    /** Whether the engine has answered. */ this.open = false;
    /** Whether what it sends is what plays. */ this.streaming = false;
    /** @type {(() => void)[]} */ this.waiting = [];
    const url = URL.createObjectURL(new Blob([worker], { type: "text/javascript" }));
    this.worker = new Worker(url);
    URL.revokeObjectURL(url);
    this.worker.onmessage = (/** @type {MessageEvent<Heard>} */ { data }) => {
      if (data.type === "hello") this.open = true;
      if (data.type === "start") this.streaming = true;
      if (data.type === "stop") this.streaming = false; // the kernel may send from now on
      if (data.type === "hello" || data.type === "lost") for (const go of this.waiting.splice(0)) go();
      hear(data);
    };
    this.worker.onerror = () => hear({ type: "lost" });
    this.worker.postMessage({ url: lineUrl(name) });
  }

  /** Wait until the engine has answered, or cannot, but not for long. @param {number} ms */
  async settled(ms) {
    if (this.open) return;
    await new Promise((done) => {
      this.waiting.push(() => done(undefined));
      setTimeout(done, ms);
    });
  }

  /** Play by this speaker. @param {import("./speaker.js").Speaker} speaker */
  playBy(speaker) {
    const { port1, port2 } = new MessageChannel();
    speaker.post({ type: "line", port: port1 }, [port1]);
    this.worker.postMessage({ speaker: port2, listening: speaker.running }, [port2]);
  }

  /** @param {boolean} listening whether the sound runs, or is paused by the browser */
  listen(listening) {
    this.worker.postMessage({ listening });
  }

  /** @param {import("./stream_player.js").Report} report */
  tell(report) {
    this.worker.postMessage({ report });
  }

  close() {
    this.open = this.streaming = false;
    this.worker.onmessage = this.worker.onerror = null;
    this.worker.terminate(); // which closes its socket
    for (const go of this.waiting.splice(0)) go();
  }
}
