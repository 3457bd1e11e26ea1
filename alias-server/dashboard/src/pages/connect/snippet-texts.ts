// The snippets themselves. Each is whole: copied into a file, or entered as it says, it runs.

export interface Place {
  base: string;
  model: string;
  key: string;
}

export interface Snippet {
  name: string;
  text: (place: Place) => string;
}

export const SNIPPETS: Snippet[] = [
  {
    name: 'curl',
    text: ({ base, model, key }) => `curl ${base}/chat/completions \\
  -H "Authorization: Bearer ${key}" \\
  -H "Content-Type: application/json" \\
  -d '{"model": "${model}", "messages": [{"role": "user", "content": "Hello"}]}'`,
  },
  {
    name: 'Python',
    text: ({ base, model, key }) => `# pip install openai
from openai import OpenAI

client = OpenAI(base_url="${base}", api_key="${key}")
answer = client.chat.completions.create(
    model="${model}",
    messages=[{"role": "user", "content": "Hello"}],
)
print(answer.choices[0].message.content)`,
  },
  {
    name: 'JavaScript',
    text: ({ base, model, key }) => `// npm install openai
import OpenAI from "openai";

const client = new OpenAI({ baseURL: "${base}", apiKey: "${key}" });
const answer = await client.chat.completions.create({
  model: "${model}",
  messages: [{ role: "user", content: "Hello" }],
});
console.log(answer.choices[0].message.content);`,
  },
  {
    name: 'LangChain',
    text: ({ base, model, key }) => `# pip install langchain-openai
from langchain_openai import ChatOpenAI

chat = ChatOpenAI(base_url="${base}", api_key="${key}", model="${model}")
print(chat.invoke("Hello").content)`,
  },
  {
    name: 'LlamaIndex',
    text: ({ base, model, key }) => `# pip install llama-index-llms-openai-like
from llama_index.llms.openai_like import OpenAILike

llm = OpenAILike(model="${model}", api_base="${base}", api_key="${key}", is_chat_model=True)
print(llm.complete("Hello"))`,
  },
  {
    name: 'Vercel AI SDK',
    text: ({ base, model, key }) => `// npm install ai @ai-sdk/openai-compatible
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { generateText } from "ai";

const provider = createOpenAICompatible({ name: "aliases", baseURL: "${base}", apiKey: "${key}" });
const { text } = await generateText({ model: provider("${model}"), prompt: "Hello" });
console.log(text);`,
  },
  {
    name: 'LiteLLM SDK',
    text: ({ base, model, key }) => `# pip install litellm
import litellm

answer = litellm.completion(
    model="openai/${model}",
    api_base="${base}",
    api_key="${key}",
    messages=[{"role": "user", "content": "Hello"}],
)
print(answer.choices[0].message.content)`,
  },
  {
    name: 'Rust',
    text: ({ base, model, key }) => `// cargo add async-openai --features chat-completion,byot
// cargo add serde_json; cargo add tokio --features full
use async_openai::{Client, config::OpenAIConfig};
use serde_json::{Value, json};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let config = OpenAIConfig::new().with_api_base("${base}").with_api_key("${key}");
    let client = Client::with_config(config);
    let body = json!({"model": "${model}", "messages": [{"role": "user", "content": "Hello"}]});
    let answer: Value = client.chat().create_byot(body).await?;
    println!("{}", answer["choices"][0]["message"]["content"]);
    Ok(())
}`,
  },
  {
    name: 'Claude Code',
    // It calls /v1/messages, and adds /v1 itself.
    text: ({ base, model, key }) => `export ANTHROPIC_BASE_URL="${base.replace(/\/v1$/, '')}"
export ANTHROPIC_AUTH_TOKEN="${key}"
export ANTHROPIC_MODEL="${model}"
export ANTHROPIC_SMALL_FAST_MODEL="${model}"
claude`,
  },
  {
    name: 'Codex',
    text: ({ base, model, key }) => `# ~/.codex/config.toml; then: export ALIASES_KEY="${key}"; codex
model = "${model}"
model_provider = "aliases"

[model_providers.aliases]
name = "Model Aliases"
base_url = "${base}"
env_key = "ALIASES_KEY"
wire_api = "responses"`,
  },
  {
    name: 'Cursor',
    text: ({ base, model, key }) => `Settings → Models → API Keys
  OpenAI API Key            ${key}
  Override OpenAI Base URL  ${base}
Settings → Models → Add model
  ${model}

Cursor calls from its own servers: they must reach this address.`,
  },
];
