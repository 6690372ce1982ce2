/** The types of the API are those of Rust, which `cargo test` tells. */
import { expectTypeOf } from "vitest";

import type * as Rust from "../generated/rust.js";
import type * as Page from "../models.js";

expectTypeOf<Page.ConnectionState>().toEqualTypeOf<Rust.State>();
expectTypeOf<Page.StateChange>().toEqualTypeOf<Rust.StatePayload>();
expectTypeOf<Page.Session>().toEqualTypeOf<Rust.Identity>();
expectTypeOf<Page.Disconnected>().toEqualTypeOf<Rust.Disconnected>();
expectTypeOf<Page.Reconnecting>().toEqualTypeOf<Rust.Reconnecting>();
expectTypeOf<Page.Message>().toEqualTypeOf<Rust.Received>();
expectTypeOf<Page.SignalFailure>().toEqualTypeOf<Rust.Failure>();
expectTypeOf<Page.StreamEvent>().toEqualTypeOf<Rust.Event>();
expectTypeOf<Page.Batch>().toEqualTypeOf<Rust.Batch>();
expectTypeOf<Page.Snapshot>().toEqualTypeOf<Rust.Snapshot>();
expectTypeOf<Page.Stats>().toEqualTypeOf<Rust.Stats>();
