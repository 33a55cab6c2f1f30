// One answer, by fetch or by EventSource. Both tell of the same events, and end in the same ways.
//
// An end is { outcome, detail?, retryMs? }: outcome is "completed", "stopped", "connection lost", "refused", or the one that the
// server told of in its event "error", such as "upstream_failed".

// A question by GET is part of the address, of which servers take some 8 KiB.
const LONGEST_ADDRESS = 6000

export function stream(transport, message, signal, tell) {
  return transport === 'EventSource' ? byEventSource(message, signal, tell) : byFetch(message, signal, tell)
}

async function byFetch(message, signal, tell) {
  const request = {
    method: 'POST',
    headers: { 'Accept': 'text/event-stream', 'Content-Type': 'application/json' },
    body: JSON.stringify({ message }),
    signal
  }
  const response = await orNothing(fetch('/chat', request))
  if (!response?.ok) {
    return response ? refused(response) : lost(signal)
  }

  // By its reader, for not every browser can iterate over a stream.
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  const parser = new EventParser()
  for (let read; (read = await orNothing(reader.read())) && !read.done;) {
    for (const event of parser.push(read.value)) {
      const end = take(event.type, event.data, tell)
      if (end) {
        return { ...end, retryMs: event.retryMs ?? parser.retryMs }
      }
    }
  }

  return lost(signal, parser.retryMs)
}

function byEventSource(message, signal, tell) {
  const url = `/chat?message=${encodeURIComponent(message)}`
  if (url.length > LONGEST_ADDRESS) {
    return { outcome: 'refused', detail: 'The question is too long for EventSource, which can only ask by GET. Choose fetch.' }
  }

  return new Promise(resolve => {
    const source = new EventSource(url)
    const finish = end => { source.close(); resolve(end) }
    signal.addEventListener('abort', () => finish(lost(signal)), { once: true })
    source.addEventListener('message', event => take('message', event.data, tell))
    source.addEventListener('trace', event => take('trace', event.data, tell))
    source.addEventListener('done', event => finish(take('done', event.data, tell)))

    // Of the server's event, with data, or the browser's own. That would ask again by itself, and the answer would be there twice.
    source.addEventListener('error', event => finish(
      event.data ? take('error', event.data, tell)
        : source.readyState === EventSource.CLOSED ? { outcome: 'refused', detail: 'The server refused it. fetch would say why.' }
          : lost(signal)))
  })
}

function take(type, data, tell) {
  switch (type) {
    case 'message':
      tell.text(data)
      return undefined
    case 'trace':
      tell.trace(JSON.parse(data).traceId)
      return undefined
    case 'done':
      return { outcome: 'completed' }
    case 'error': {
      const error = JSON.parse(data)
      return { outcome: error.type, detail: error.message }
    }
    default:
      return undefined
  }
}

function lost(signal, retryMs) {
  return { outcome: signal.aborted ? 'stopped' : 'connection lost', retryMs }
}

// ProblemDetails, as the server answers what it does not stream.
async function refused(response) {
  const problem = await response.json().catch(() => ({}))
  const reasons = Object.values(problem.errors ?? {}).flat()
  return { outcome: 'refused', detail: reasons[0] ?? problem.detail ?? problem.title ?? `The server answered ${response.status}.` }
}

// Of a network that fails, or a reader who stops. What else is thrown is a bug of the page's, and goes on.
async function orNothing(promise) {
  try {
    return await promise
  } catch (error) {
    if (error instanceof TypeError || error.name === 'AbortError') {
      return undefined
    }

    throw error
  }
}

// https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
class EventParser {
  #rest = ''
  #type = ''
  #data = []
  #eventRetryMs

  retryMs

  * push(text) {
    const lines = (this.#rest + text).split(/\r\n|\r|\n/)
    this.#rest = lines.pop()
    for (const line of lines) {
      if (line !== '') {
        this.#read(line)
      } else if (this.#data.length > 0) {
        yield { type: this.#type || 'message', data: this.#data.join('\n'), retryMs: this.#eventRetryMs }
        this.#type = ''
        this.#data = []
      }
    }
  }

  #read(line) {
    const colon = line.indexOf(':')
    const field = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (field === 'data') {
      this.#data.push(value)
    } else if (field === 'event') {
      this.#type = value
    } else if (field === 'retry' && /^\d+$/.test(value)) {
      this.retryMs = this.#eventRetryMs = Number(value)
    }
  }
}
