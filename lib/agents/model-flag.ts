/** How the CLIs are told which model to use; without one they use their own. */
export const modelFlag = (model: string | undefined): readonly string[] =>
  model === undefined ? [] : ['--model', model];
