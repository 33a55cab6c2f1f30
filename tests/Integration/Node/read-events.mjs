// Reads a URL from each line of its input, and writes the events of that stream as one line of JSON.
import { createInterface } from 'node:readline'
import { EventSourceParserStream } from 'eventsource-parser/stream'

for await (const url of createInterface({ input: process.stdin })) {
  const { body } = await fetch(url)
  const events = []
  let id = ''

  // A field that it does not know must fail the test, and not go unnoticed.
  const parser = new EventSourceParserStream({ onError: 'terminate' })
  for await (const event of body.pipeThrough(new TextDecoderStream()).pipeThrough(parser)) {
    // It gives an event the id of its own lines only; by the specification the last one stays.
    id = event.id ?? id
    events.push({ type: event.event ?? 'message', id, data: event.data })
  }

  console.log(JSON.stringify(events))
}
