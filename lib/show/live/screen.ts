import type { ChalkInstance } from 'chalk';
import type { RunState } from '../../engine/state.js';
import type { TicketId } from '../../model/ids.js';
import type { Heard } from './heard.js';

/** Everything that the live view is drawn from: the same always gives the same lines. */
export interface Screen {
  readonly state: RunState;
  /** By the address of the attempt. */
  readonly heard: ReadonlyMap<string, Heard>;
  /** Why each ticket was started when it was. */
  readonly reasons: ReadonlyMap<TicketId, string>;
  /** When the run is expected to have nothing left to do, milliseconds of the epoch; an estimate. */
  readonly expectedAt?: number;
  readonly now: number;
  readonly size: Size;
  readonly paint: ChalkInstance;
  readonly seat: Seat;
  /** Whether keys are listened to. */
  readonly hasKeys: boolean;
  /** Columns of the longest ticket id. */
  readonly idWidth: number;
}

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** What the person at the keys is looking at, or is being asked. */
export type Seat =
  | { readonly at: 'lanes'; readonly word?: string }
  /** Which ticket: a lane's number, or for `explain` the first letters of an id. */
  | { readonly at: 'choice'; readonly of: Choice; readonly typed: string; readonly word?: string }
  | { readonly at: 'question'; readonly wish: Wish }
  | { readonly at: 'log'; readonly attempt: string; readonly ticket: TicketId }
  | { readonly at: 'explanation'; readonly ticket: TicketId };

export type Choice = 'cancel' | 'log' | 'explain';

/** What a key asks of the run. */
export type Wish =
  { readonly type: 'drain' } | { readonly type: 'cancel'; readonly ticket: TicketId };
