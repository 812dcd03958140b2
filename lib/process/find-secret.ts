import { base64FormsOf, type Secret } from './redact-grams.js';

/** Looks for whole secrets, as they are and in base64, in what comes piece by piece. */
export class SecretFinder {
  readonly #forms: readonly { readonly name: string; readonly form: Buffer }[];
  readonly #overlap: number;
  #before: Buffer = Buffer.alloc(0);

  constructor(secrets: readonly Secret[]) {
    this.#forms = secrets.flatMap(({ name, value }) =>
      [Buffer.from(value), ...base64FormsOf(Buffer.from(value), { isEnd: false })].map((form) => ({
        name,
        form,
      })),
    );
    this.#overlap = Math.max(0, ...this.#forms.map(({ form }) => form.length - 1));
  }

  /** The name of a secret that ends in this piece. */
  find(piece: Buffer): string | undefined {
    const bytes = Buffer.concat([this.#before, piece]);
    this.#before = Buffer.from(bytes.subarray(Math.max(0, bytes.length - this.#overlap)));
    return this.#forms.find(({ form }) => bytes.includes(form))?.name;
  }
}
