import { Rig, type RigOptions } from '../rig/rig.js';

/** A rig with real agent CLIs first on the PATH, and the model that they talk to. */
export interface CliRig<Model extends AsyncDisposable> extends AsyncDisposable {
  readonly rig: Rig;
  readonly model: Model;
}

/**
 * Makes one. `programs`: names on the PATH, each with the variable by which `npm run test:agents` names the real
 * program; `variables`: what makes them talk to the model. Nothing of this machine's accounts is in reach. The rig
 * disposes of the model, too.
 */
export async function cliRig<Model extends AsyncDisposable>(
  programs: Readonly<Record<string, string>>,
  model: Model,
  variables: Readonly<Record<string, string>>,
  options?: RigOptions,
): Promise<CliRig<Model>> {
  const rig = await Rig.create({ branch: 'work', ...options });
  for (const [name, variable] of Object.entries(programs)) {
    const program = process.env[variable];
    if (program === undefined) throw new Error('these tests are run by `npm run test:agents`');
    await rig.program(name, `exec "${program}" "$@"`);
  }
  // What nobody leased to an agent.
  Object.assign(rig.env, variables, { DEPLOY_TOKEN: 'not-for-agents' });
  return {
    rig,
    model,
    async [Symbol.asyncDispose]() {
      try {
        await rig[Symbol.asyncDispose]();
      } finally {
        await model[Symbol.asyncDispose]();
      }
    },
  };
}
