// A widget that anywidget has given up on hears its kernel again. The models are doubles of anywidget's.

import assert from "node:assert/strict";
import { test } from "node:test";

import { keepHearing } from "../../src/widgets/base/hearing.js";

/** What ipywidgets' model does with a message. */
class PlainModel {
  constructor(/** @type {Promise<void>} */ ready) {
    this.ready = ready;
    /** @type {Record<string, any>} */ this.values = { _view_count: null };
    /** @type {Set<Function>} */ this.followers = new Set();
    /** @type {any[]} */ this.heard = [];
    /** @type {any[]} */ this.sent = [];
    /** @type {Function} */ this.receive = (/** @type {any} */ message) => this._handle_comm_msg(message);
    this.comm = {
      on_msg: (/** @type {Function} */ receive) => {
        this.receive = receive;
      },
      send: (/** @type {any} */ message) => this.sent.push(message),
    };
  }

  async _handle_comm_msg(/** @type {any} */ message) {
    if (message.content.data.method === "custom") this.heard.push(message.content.data.content);
  }
}

/** And anywidget's, which first waits until the widget has begun. */
class WaitingModel extends PlainModel {
  /** @param {any} message */
  async _handle_comm_msg(message) {
    await this.ready;
    return super._handle_comm_msg(message);
  }
}

/** What anywidget hands to a widget. @param {WaitingModel} model */
function handed(model) {
  return {
    get: (/** @type {string} */ name) => model.values[name],
    set(/** @type {string} */ name, /** @type {any} */ value) {
      model.values[name] = value;
      for (const follow of model.followers) follow(model, value);
    },
    on: (/** @type {string} */ _name, /** @type {Function} */ follow) => model.followers.add(follow),
    off: (/** @type {string} */ _name, /** @type {Function} */ follow) => model.followers.delete(follow),
  };
}

const message = { content: { data: { method: "custom", content: "news" } } };
const soon = () => new Promise((done) => setTimeout(done, 5));

test("a widget that began too late hears what the kernel says, and asks for what it missed", async () => {
  const late = Promise.reject(new Error("Failed to initialize model."));
  late.catch(() => {});
  const model = new WaitingModel(late);
  await assert.rejects(model.receive(message));
  keepHearing({ model: handed(model) });
  await soon();
  await model.receive(message);
  assert.deepEqual(model.heard, ["news"]);
  assert.deepEqual(model.sent, [{ method: "request_state" }]);
  assert.equal(model.values._view_count, null);
});

test("of a widget that began in time nothing is changed", async () => {
  const model = new WaitingModel(Promise.resolve());
  const { receive } = model;
  keepHearing({ model: handed(model) });
  await soon();
  assert.equal(model.receive, receive);
  assert.deepEqual(model.sent, []);
  assert.equal(model.followers.size, 0);
});

test("where there is no model of Jupyter's nothing happens", () => {
  keepHearing({ model: { get: () => undefined, set: () => {}, on: () => {}, off: () => {} } });
});
