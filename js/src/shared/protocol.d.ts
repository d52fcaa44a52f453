// Made from protocol.json by `make static`: change that.

/** The sheet over a plane (js/src/widgets/plane/sheet.js, terrain_widgets/widgets/plane/sheet.py). */
export type SheetToKernel =
  /** A finished line; one buffer of float32 rows: x, y, pressure, milliseconds, tilt x, tilt y. */
  | { type: "stroke"; stroke: number; columns: number; view: number[]; shift: boolean; }
  /** A step of a gesture that takes hold of what is drawn. */
  | { type: "drag"; gesture: number; phase: "down" | "drag" | "up"; x: number; y: number; view: number[]; shift: boolean; }
  /** Where a pointer that plays is; played: by an engine in this page already. */
  | { type: "move"; x: number; y: number; view: number[]; pressure: number; on: boolean; device: string; tilt: number[]; played: boolean; }
  /** Zoom by a factor about x and y, then move by dx and dy, all in fractions of the view. */
  | { type: "view"; factor: number; x: number; y: number; dx: number; dy: number; }
  /** One of the sheet's chords was pressed. */
  | { type: "key"; key: string; }
  /** Something was dropped on the plane. */
  | { type: "drop"; what: string; x: number; y: number; view: number[]; }
  /** A click where there is no point. */
  | { type: "place"; x: number; y: number; view: number[]; }
  /** A click on a point. */
  | { type: "select"; id: string; }
  /** A step of a drag of a point, or of arrow keys that push it. */
  | { type: "move_point"; id: string; gesture: number; x: number; y: number; view: number[]; }
  /** How large the plane is shown: CSS pixels each way, the screen's pixels for each; calm: without trails. */
  | { type: "size"; side: number; ratio: number; calm: boolean; };

/** The sheet over a plane (js/src/widgets/plane/sheet.js, terrain_widgets/widgets/plane/sheet.py). */
export type SheetToPage =
  /** A stroke is drawn or refused: its wet ink may go. */
  | { type: "settled"; stroke: number; };

/** Sound that the page plays (js/src/audio/stream_player.js, terrain_widgets/audio/page_stream/remote.py), by the kernel or by the engine's own connection. */
export type SoundToKernel =
  /** Panic was pressed in the page, which is silent already. */
  | { type: "panic"; }
  /** Of two ways into this page, the one that was left is heard no more. */
  | { type: "left"; }
  /** What this page has kept of the patch of the session that this one goes on from; passing: what only played for now. */
  | { type: "kept"; patch: object; passing: string[]; }
  /** How the page plays, since the report before. level, mean and lowest in samples of the stream's rate. */
  | { type: "report"; stream: number; rate: number; level: number; mean: number; lowest: number; received: number; played: number; underruns: number; lost: number; skips: number; stalled: number; rms: number; peak: number; age?: number; state: "off" | "waiting" | "playing" | "fading" | "muted" | "idle"; output_latency?: number; network?: number; context?: string; sent_at?: number; muted?: boolean; hidden?: boolean; };

/** Sound that the page plays (js/src/audio/stream_player.js, terrain_widgets/audio/page_stream/remote.py), by the kernel or by the engine's own connection. */
export type SoundToPage =
  /** The engine's own connection is there. */
  | { type: "hello"; }
  /** A stream begins. */
  | { type: "start"; stream: number; rate: number; channels: number; lead: number; spare?: number; engine_seconds: number; panics: number; }
  /** Samples; one buffer of interleaved float32. echo: a report's sent_at as it came, and the seconds since. */
  | { type: "pcm"; stream: number; seq: number; sent_at?: number; echo?: number[]; }
  /** Keep so many seconds of sound from now on. */
  | { type: "lead"; stream: number; lead: number; }
  /** Nothing follows, and that is no underrun. */
  | { type: "idle"; stream: number; }
  /** Sound follows again. */
  | { type: "resume"; stream: number; }
  /** Silence at once, until the next stream. */
  | { type: "panic"; stream: number; }
  /** The stream ends. */
  | { type: "stop"; stream: number; };

/** An engine that makes the sound in the page (js/src/widgets/sound/page_engine.js, terrain_widgets/audio/page_host/page_host.py); what it plays comes in traits. */
export type EngineToKernel =
  /** What sounds: levels, places of the playheads in points of their paths, and what sounded last, where. */
  | { type: "heard"; frames: number; peak_db: number; rms_db: number; limiter_db: number; nan_count: number; silent: boolean; error: string; recorded_seconds: number; positions: number[]; place: number[]; latents: number[]; ask: boolean; }
  /** Sound of a recording, in its order among all that this page tells in order; one buffer of float32 for each channel, and two of what was heard live if anything was: latents and samples. */
  | { type: "recorded"; recording: number; live: boolean; teller: number; order: number; }
  /** A recording has come to nothing, and why. */
  | { type: "unrecorded"; recording: number; problem: string; teller: number; order: number; }
  /** A recording has ended: the take's JSON file; one buffer is its safetensors file. */
  | { type: "take"; recording: number; gestures: string; teller: number; order: number; }
  /** What sounded where; two buffers of float32: places of so many dimensions, and latents. */
  | { type: "traced"; dims: number; ended: boolean; teller: number; order: number; };

/** An engine that makes the sound in the page (js/src/widgets/sound/page_engine.js, terrain_widgets/audio/page_host/page_host.py); what it plays comes in traits. */
export type EngineToPage =
  /** A hand that the kernel moves. */
  | { type: "hand"; place: number[]; down: boolean; pressure: number; hand: number; seconds: number; course: "eased" | "even"; waits: boolean; }
  /** Linear gain before the limiter. */
  | { type: "gain"; gain: number; }
  /** Silence at once, until the next touch. */
  | { type: "hush"; }
  /** Begin a recording, which ends the one before, or end it. recording: its number, as in all that is told of it. */
  | { type: "record"; on: boolean; recording: number; }
  /** Tell frame by frame what sounds where, or end it. */
  | { type: "trace"; on: boolean; }
  /** The recording's files are written; problem: or why they are not, and the page's own copy is the only one. */
  | { type: "written"; recording: number; problem: string; }
  /** A change that this page made was not taken: it is as the page's traits say. */
  | { type: "refused"; }
  /** The kernel answers. */
  | { type: "here"; };

/** An instrument's view of the engine in its page (js/src/instrument/instrument.js, terrain_widgets/widgets/instrument/instrument.py); what the engine says is of the channel engine. */
export type InstrumentToKernel =
  /** Where a hand is, in control units; played: by an engine in this page already. */
  | { type: "hand"; place: number[]; down: boolean; pressure: number; hand: number; played: boolean; }
  /** The user has changed values of the patch. */
  | { type: "change"; changes: object; }
  /** A preset was recalled, of which the page plays what it has already. */
  | { type: "recall"; name: string; }
  /** Panic was pressed in the page, which is silent already. */
  | { type: "panic"; };

/** An instrument's view of the engine in its page (js/src/instrument/instrument.js, terrain_widgets/widgets/instrument/instrument.py); what the engine says is of the channel engine. */
export type InstrumentToPage = never;

/** A row of buttons (js/src/widgets/base/bar.js, terrain_widgets/widgets/base/bar.py). */
export type BarToKernel =
  /** A button is pressed. */
  | { type: "press"; id: string; };

/** A row of buttons (js/src/widgets/base/bar.js, terrain_widgets/widgets/base/bar.py). */
export type BarToPage = never;

/** Help (js/src/widgets/shell/help.js, terrain_widgets/widgets/shell/help.py). */
export type HelpToKernel =
  /** The dialog is open: which keys are there now? */
  | { type: "keys"; };

/** Help (js/src/widgets/shell/help.js, terrain_widgets/widgets/shell/help.py). */
export type HelpToPage =
  /** Open the dialog. */
  | { type: "open"; };

/** The command palette (js/src/widgets/shell/palette.js, terrain_widgets/widgets/shell/palette.py). */
export type PaletteToKernel =
  /** The dialog is open: what can be done now? */
  | { type: "rows"; }
  /** Do the action of this id. */
  | { type: "run"; id: string; };

/** The command palette (js/src/widgets/shell/palette.js, terrain_widgets/widgets/shell/palette.py). */
export type PaletteToPage =
  /** Open the dialog. */
  | { type: "open"; };

/** A row of pads (js/src/widgets/points/pads.js, terrain_widgets/widgets/panels/points/pads_row.py). */
export type PadsToKernel =
  /** A pad is hit. */
  | { type: "strike"; id: string; played: boolean; }
  /** The hand is lifted. */
  | { type: "release"; };

/** A row of pads (js/src/widgets/points/pads.js, terrain_widgets/widgets/panels/points/pads_row.py). */
export type PadsToPage = never;

/** A map of seeds (js/src/widgets/modulate/seed_map.js, terrain_widgets/widgets/panels/modulate/seed_picture.py). */
export type SeedsToKernel =
  /** A place is chosen, from -1 to 1 each way, y up. */
  | { type: "pick"; x: number; y: number; };

/** A map of seeds (js/src/widgets/modulate/seed_map.js, terrain_widgets/widgets/panels/modulate/seed_picture.py). */
export type SeedsToPage = never;

/** A map of sounds (js/src/widgets/explore/sound_map.js, terrain_widgets/widgets/panels/explore/map_canvas.py). */
export type MapToKernel =
  /** Where the pointer hears the map, in control units; played: by an engine in this page already. */
  | { type: "hand"; x: number; y: number; on: boolean; played: boolean; }
  /** The pointer, or an arrow key, is at a point. */
  | { type: "mean"; point: number; }
  /** A point's whole sound is to be heard. */
  | { type: "audition"; point: number; }
  /** A key takes a point out of the map: to the drawing, or as a labelled point. */
  | { type: "take"; point: number; drawing: boolean; };

/** A map of sounds (js/src/widgets/explore/sound_map.js, terrain_widgets/widgets/panels/explore/map_canvas.py). */
export type MapToPage = never;

/** Live sound (js/src/widgets/live/live_input.js, terrain_widgets/widgets/panels/live/live_input.py). */
export type LiveToKernel =
  /** The page has begun to listen, or has ended it. */
  | { type: "listening"; on: boolean; };

/** Live sound (js/src/widgets/live/live_input.js, terrain_widgets/widgets/panels/live/live_input.py). */
export type LiveToPage = never;

/** The layers of a decoder (js/src/widgets/bending/weights_view.js, terrain_widgets/widgets/panels/bending/weights_view.py). */
export type WeightsToKernel =
  /** A layer was chosen. */
  | { type: "select"; layer: string; }
  /** A curve is being drawn over the weights: its heights, evenly spaced. */
  | { type: "curve"; stroke: number; points: number[]; };

/** The layers of a decoder (js/src/widgets/bending/weights_view.js, terrain_widgets/widgets/panels/bending/weights_view.py). */
export type WeightsToPage = never;

/** Sliders of latents (js/src/widgets/base/latent_sliders.js, terrain_widgets/widgets/base/slider_list.py). */
export type SlidersToKernel =
  /** Sliders have moved: index and value of each. */
  | { type: "move"; moves: number[][]; }
  /** A slider is locked, or no longer. */
  | { type: "lock"; index: number; locked: boolean; };

/** Sliders of latents (js/src/widgets/base/latent_sliders.js, terrain_widgets/widgets/base/slider_list.py). */
export type SlidersToPage = never;

/** A panel's controls (js/src/widgets/controls/store.js, terrain_widgets/widgets/controls/controls.py). */
export type ControlsToKernel =
  /** A button was pressed. */
  | { type: "click"; id: string; }
  /** What the page's end of a file's way says (files/file_transfer.js); with bytes for a piece. */
  | { type: "file"; id: string; file: object; }
  /** The pointer has come over a button that wants to know, or has left it. */
  | { type: "hover"; id: string; over: boolean; }
  /** A user has set a value: page and edit name the change, for its answer. Of a choice, the number. */
  | { type: "value"; id: string; value: boolean | number | string | number[]; page: string; edit: number; };

/** A panel's controls (js/src/widgets/controls/store.js, terrain_widgets/widgets/controls/controls.py). */
export type ControlsToPage =
  /** Items' ids with the name and the new value of one of their traits; and which changes of which page are answered. */
  | { type: "change"; changes: [string, string, any][]; answered: [string, string, number][]; }
  /** What the kernel's end of a file's way says; with bytes for a part. */
  | { type: "file"; id: string; file: object; }
  /** Other items, whole. */
  | { type: "items"; items: any[]; };
