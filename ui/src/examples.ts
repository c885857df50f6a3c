// The same request in three languages.

const quoted = (text: string): string => JSON.stringify(text);

export function examples(address: string, model: string, prompt: string): Record<string, string> {
  const body = JSON.stringify({ model, messages: [{ role: "user", content: prompt }] }, null, 2);
  const curl = [
    `curl ${address}/v1/chat/completions \\`,
    `  -H "authorization: Bearer $TURNOUT_KEY" \\`,
    `  -H "content-type: application/json" \\`,
    `  -d '${body.replaceAll("'", "'\\''")}'`,
  ];
  const python = [
    "from openai import OpenAI",
    "",
    `client = OpenAI(base_url=${quoted(`${address}/v1`)}, api_key="YOUR-KEY")`,
    "stream = client.chat.completions.create(",
    `    model=${quoted(model)},`,
    `    messages=[{"role": "user", "content": ${quoted(prompt)}}],`,
    "    stream=True,",
    ")",
    "for chunk in stream:",
    "    if chunk.choices:",
    '        print(chunk.choices[0].delta.content or "", end="", flush=True)',
  ];
  const typescript = [
    'import OpenAI from "openai";',
    "",
    `const client = new OpenAI({ baseURL: ${quoted(`${address}/v1`)}, apiKey: "YOUR-KEY" });`,
    "const stream = await client.chat.completions.create({",
    `  model: ${quoted(model)},`,
    `  messages: [{ role: "user", content: ${quoted(prompt)} }],`,
    "  stream: true,",
    "});",
    "for await (const chunk of stream) {",
    '  process.stdout.write(chunk.choices[0]?.delta?.content ?? "");',
    "}",
  ];
  return { curl: curl.join("\n"), Python: python.join("\n"), TypeScript: typescript.join("\n") };
}
