// Drives a practice server with npm's `ollama`, as its own documentation shows. Prints one JSON object.
import { Ollama } from 'ollama'

const ollama = new Ollama({ host: process.argv[2] })
const messages = [{ role: 'user', content: 'hello' }]
const found = {}

async function refused(action) {
  try {
    await action()
  } catch (error) {
    return { name: error.name, status: error.status_code ?? null, message: error.message }
  }
  return null
}

found.chat = (await ollama.chat({ model: 'llama3.2', messages })).message.content
found.stream = ''
for await (const part of await ollama.chat({ model: 'llama3.2', messages, stream: true })) {
  found.stream += part.message.content
}
found.generate = (await ollama.generate({ model: 'llama3.2', prompt: 'a' })).response
found.list = (await ollama.list()).models.map((model) => model.name)
found.ps = (await ollama.ps()).models.length
found.show = (await ollama.show({ model: 'llama3.2' })).capabilities
found.pull = []
for await (const part of await ollama.pull({ model: 'gemma2:2b', stream: true })) {
  found.pull.push(part.status)
}
found.embed = (await ollama.embed({ model: 'llama3.2', input: ['a', 'b'] })).embeddings.length
found.embeddings = (await ollama.embeddings({ model: 'llama3.2', prompt: 'a' })).embedding.length
found.copy = await ollama.copy({ source: 'llama3.2', destination: 'mine' })
found.delete = await ollama.delete({ model: 'mine' })
found.missing = await refused(() => ollama.chat({ model: 'nobody', messages }))
found.option = await refused(() => ollama.chat({ model: 'llama3.2', messages, options: { seed: 'x' } }))
found.midStream = await refused(async () => {
  for await (const part of await ollama.chat({ model: 'llama3.2', messages: [{ role: 'user', content: 'break' }], stream: true })) {
    if (part.done) throw new Error('the stream ended well')
  }
})
console.log(JSON.stringify(found))
