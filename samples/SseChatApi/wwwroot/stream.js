// One answer, by fetch or by EventSource. Both tell of the same events, and end in the same ways.
//
// An end is { outcome, problem?, retryMs? }: outcome is "completed", "stopped", "connection lost", or the one that the server
// told of in its event "error", such as "upstream_failed".

export function stream(transport, message, signal, tell) {
  const url = `/chat?message=${encodeURIComponent(message)}`
  return transport === 'EventSource' ? byEventSource(url, signal, tell) : byFetch(url, signal, tell)
}

async function byFetch(url, signal, tell) {
  let retryMs
  try {
    const response = await fetch(url, { headers: { Accept: 'text/event-stream' }, signal })
    if (!response.ok) {
      return refused(response)
    }

    for await (const event of eventsOf(response.body)) {
      retryMs = event.retryMs ?? retryMs
      const end = take(event.type, event.data, tell)
      if (end) {
        return { ...end, retryMs }
      }
    }
  } catch (error) {
    if (signal.aborted) {
      return { outcome: 'stopped' }
    }
  }

  return lost(retryMs)
}

function byEventSource(url, signal, tell) {
  return new Promise(resolve => {
    const source = new EventSource(url)
    const finish = end => { source.close(); resolve(end) }
    signal.addEventListener('abort', () => finish({ outcome: 'stopped' }), { once: true })
    source.addEventListener('message', event => take('message', event.data, tell))
    source.addEventListener('trace', event => take('trace', event.data, tell))
    source.addEventListener('done', event => finish(take('done', event.data, tell)))

    // Of the server's event, with data, or the browser's own: it would ask again by itself, and the answer would be there twice.
    source.addEventListener('error', event => finish(event.data ? take('error', event.data, tell) : lost()))
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
      return { outcome: error.type, problem: error.message }
    }
    default:
      return undefined
  }
}

function lost(retryMs) {
  return { outcome: 'connection lost', problem: 'The connection was lost. Is the server running?', retryMs }
}

// ProblemDetails, as the server answers what it does not stream.
async function refused(response) {
  const problem = await response.json().catch(() => ({}))
  const reasons = Object.values(problem.errors ?? {}).flat()
  return { outcome: 'refused', problem: reasons[0] ?? problem.detail ?? problem.title ?? `The server answered ${response.status}.` }
}

// https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
async function* eventsOf(body) {
  let rest = ''
  let event = { type: 'message', lines: [] }
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split(/\r\n|\r|\n/)
    rest = lines.pop()
    for (const line of lines) {
      if (line === '') {
        if (event.lines.length > 0 || event.retryMs !== undefined) {
          yield { type: event.lines.length > 0 ? event.type : '', data: event.lines.join('\n'), retryMs: event.retryMs }
        }

        event = { type: 'message', lines: [] }
        continue
      }

      const [, field, value] = /^([^:]*):? ?(.*)$/.exec(line)
      if (field === 'data') {
        event.lines.push(value)
      } else if (field === 'event') {
        event.type = value
      } else if (field === 'retry' && /^\d+$/.test(value)) {
        event.retryMs = Number(value)
      }
    }
  }
}
