import { describe, expect, test } from '@jest/globals';
import { runTickets } from '../../lib/plan/run-tickets.js';
import { planOf, ticket } from './tickets.js';

const tickets = [
  ticket('TOP', { children: ['MID'] }),
  ticket('MID', { parent: 'TOP', children: ['A-1', 'A-2'] }),
  ticket('A-1'),
  ticket('A-2'),
  ticket('B-1'),
  ticket('B-2', { after: ['B-1'] }),
];

const epicsOf = (list: readonly { readonly id: string; readonly epic?: string }[]) =>
  Object.fromEntries(list.map(({ id, epic }) => [id, epic]));

describe('the plan with isolation: epic', () => {
  test('001-3.2 X12 X22 an epic is the top of the hierarchy, else the component; without isolation there is none', () => {
    const plan = planOf(tickets, { isolation: 'epic' });
    const epics = { 'A-1': 'TOP', 'A-2': 'TOP', 'B-1': 'B', 'B-2': 'B' };
    expect(plan.isolation).toBe('epic');
    expect(epicsOf(plan.tickets)).toEqual(epics);
    expect(epicsOf(runTickets(plan, tickets, 'test'))).toEqual(epics);
    const usual = planOf(tickets, { isolation: 'ticket' });
    expect(usual.isolation).toBeUndefined();
    expect(JSON.stringify(usual)).not.toContain('epic');
  });

  test('the estimate has one ticket of an epic at work at a time', () => {
    const one = planOf(tickets.slice(0, 4), { isolation: 'epic' });
    const other = planOf(tickets.slice(0, 4));
    const minutes = (plan: typeof one) =>
      plan.forecast.find(({ slots }) => slots === 2)!.makespanMinutes;
    expect(minutes(one)).toBe(2 * minutes(other));
  });

  test('in a hierarchy that is taken literally the parent named is the epic', () => {
    const plan = planOf([ticket('E-1'), ticket('X-1', { parent: 'E-1' })], {
      isolation: 'epic',
      hierarchy: 'literal',
    });
    expect(epicsOf(plan.tickets)).toEqual({ 'E-1': 'E', 'X-1': 'E-1' });
  });
});
