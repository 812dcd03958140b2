/** Variables that hold the key of a provider and where it is reached, where they are not `NAME_API_KEY`. */
const VARIABLES: Readonly<Record<string, RegExp>> = {
  'amazon-bedrock': /^AWS_/,
  azure: /^AZURE_(API_KEY|RESOURCE_NAME)$/,
  'cloudflare-ai-gateway': /^CLOUDFLARE_(API_TOKEN|ACCOUNT_ID|GATEWAY_ID)$/,
  'cloudflare-workers-ai': /^CLOUDFLARE_(API_KEY|ACCOUNT_ID)$/,
  'fireworks-ai': /^FIREWORKS_API_KEY$/,
  'github-copilot': /^GITHUB_TOKEN$/,
  'github-models': /^GITHUB_TOKEN$/,
  gitlab: /^GITLAB_TOKEN$/,
  google: /^(GOOGLE|GEMINI|GOOGLE_GENERATIVE_AI)_API_KEY$/,
  'google-vertex':
    /^(GOOGLE_APPLICATION_CREDENTIALS|GOOGLE_(CLOUD|VERTEX)_(PROJECT|LOCATION)|VERTEX_LOCATION)$/,
  huggingface: /^HF_TOKEN$/,
  moonshotai: /^MOONSHOT_API_KEY$/,
  'ollama-cloud': /^OLLAMA_API_KEY$/,
  togetherai: /^TOGETHER_API_KEY$/,
  vercel: /^AI_GATEWAY_API_KEY$/,
  zai: /^ZHIPU_API_KEY$/,
};

/** Those that are known by a key of their own name, and by nothing that opens more than a model. */
const COMMON =
  /^(ANTHROPIC|CEREBRAS|COHERE|DEEPINFRA|DEEPSEEK|FIREWORKS|GEMINI|GOOGLE|GOOGLE_GENERATIVE_AI|GROQ|MISTRAL|MOONSHOT|NVIDIA|OPENAI|OPENCODE|OPENROUTER|PERPLEXITY|TOGETHER|XAI|ZHIPU)_API_KEY$/;

/**
 * Whether a provider's access is in this variable. The provider is the first part of a model's name
 * (`anthropic/claude-sonnet-4-5`); where nobody names one, the keys of the common ones are, clouds and tokens of code
 * hosts are not.
 */
export function isProviderVariable(variable: string, model: string | undefined): boolean {
  const [provider] = model?.split('/') ?? [];
  if (provider === undefined) return COMMON.test(variable);
  const own = Object.hasOwn(VARIABLES, provider) ? VARIABLES[provider] : undefined;
  if (own) return own.test(variable);
  return variable === `${provider.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}_API_KEY`;
}
