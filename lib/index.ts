export type { Ticket } from './model/ticket.js';
