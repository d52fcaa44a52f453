// A double of the browser's audio, for tests of what turns it on and off.

/** A double of a worklet's node: it says that it is ready, and what a test has it say. */
export class NodeDouble {
  constructor() {
    NodeDouble.newest = this;
    /** @type {any[]} */ this.told = [];
    /** @type {{ onmessage: ((event: any) => void) | null, postMessage(message: any): void }} */
    this.port = { onmessage: null, postMessage: (message) => this.told.push(message) };
    queueMicrotask(() => this.say({ type: "ready" }));
  }

  /** @type {NodeDouble | null} */ static newest = null;

  say(/** @type {any} */ data) {
    this.port.onmessage?.({ data });
  }

  connect(/** @type {any} */ next) {
    return next;
  }
}

export class ContextDouble {
  static worklet = true;
  static loading = Promise.resolve(); // of a module
  state = "running";
  currentTime = 0;
  destination = {};
  audioWorklet = ContextDouble.worklet ? { addModule: () => ContextDouble.loading } : undefined;

  async resume() {}

  async close() {}

  getOutputTimestamp() {
    return { contextTime: 0, performanceTime: 0 };
  }

  createGain() {
    return { gain: { value: 0, setTargetAtTime() {} }, connect: (/** @type {any} */ next) => next };
  }
}
