/** Where conversations wait until the test lets them go on. */
export class Gate {
  readonly #waiting = new Set<string>();
  readonly #looks: (() => void)[] = [];
  #isOpen = false;

  /** Those who came. */
  get waiting(): ReadonlySet<string> {
    return this.#waiting;
  }

  /** Settles when the gate is open. */
  async pass(who: string): Promise<void> {
    this.#waiting.add(who);
    this.#look();
    while (!this.#isOpen) await new Promise<void>((look) => this.#looks.push(look));
  }

  /** Settles when so many have come. */
  async full(many: number): Promise<void> {
    while (this.#waiting.size < many) await new Promise<void>((look) => this.#looks.push(look));
  }

  open(): void {
    this.#isOpen = true;
    this.#look();
  }

  #look(): void {
    for (const look of this.#looks.splice(0)) look();
  }
}
