/** The library's one entry: reading indexes, planning, simulating. Runs are started through the program. */
export type { Diagnostic, Severity } from './model/diagnostic.js';
export type { Failure, Place, Result } from './model/failure.js';
export { itemStateOf, type ItemState } from './model/item.js';
export type { ItemList } from './model/items-schema.js';
export type { Forecast, Plan, PlannedTicket } from './model/plan.js';
export type { PublicEvent } from './model/public-event.js';
export type { Summary } from './model/summary.js';
export type { Ticket, TicketChange, TicketState } from './model/ticket.js';
export { assemblePlan } from './plan/assemble.js';
export type { PlanInput, PlanOptions } from './plan/input.js';
export { explain } from './plan/explain.js';
export { loadIndex, readIndexText, type ReadIndex } from './tickets/read.js';
export { editIndexText } from './tickets/write.js';
