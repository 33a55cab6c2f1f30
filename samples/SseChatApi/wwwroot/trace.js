// The card beside an answer: its transaction, followed while it is made, and kept when it has ended.

const TRACES = '/_llm-traces'
const number = new Intl.NumberFormat()
const money = new Intl.NumberFormat(undefined, { style: 'currency', currency: 'USD', maximumSignificantDigits: 3 })

export class TraceCard {
  #element
  #onEnd
  #feed

  constructor(element, onEnd) {
    this.#element = element
    this.#onEnd = onEnd
  }

  follow(traceId) {
    this.#feed?.close()
    this.show(undefined, traceId)
    this.#feed = new EventSource(`${TRACES}/stream?trace=${traceId}`)
    this.#feed.addEventListener('transaction', event => {
      const transaction = JSON.parse(event.data)
      this.show(transaction, traceId)
      if (!transaction.isOpen) {
        this.#feed.close()
        this.#onEnd(transaction)
      }
    })
    this.#feed.addEventListener('error', () => this.#feed.readyState === EventSource.CLOSED
      && this.show(undefined, traceId, 'The app shows no traces here: app.MapLlmTraces() does in Development.'))
  }

  show(transaction, traceId, note) {
    if (!traceId) {
      this.#element.replaceChildren()
      return
    }

    const children = [heading(traceId)]
    if (transaction) {
      children.push(facts(transaction), waterfall(transaction))
    } else {
      children.push(make('p', note ?? 'Waiting for its spans.'))
    }

    this.#element.replaceChildren(...children)
  }
}

function heading(traceId) {
  const element = make('h3', 'Trace ')
  element.append(make('code', traceId))
  return element
}

function facts(transaction) {
  const call = transaction.spans.filter(span => span.name.startsWith('chat ')).at(-1)
  const of = name => call?.attributes[name] ?? transaction.attributes[name]
  const firstChunk = of('gen_ai.response.time_to_first_chunk')
  const output = of('gen_ai.usage.output_tokens')
  const seconds = call && firstChunk !== undefined ? call.durationMs / 1000 - firstChunk : undefined
  const cost = transaction.attributes['llm_tracing.cost.total']
  const list = make('dl')
  const add = (name, value) => value !== undefined && list.append(make('dt', name), make('dd', value))
  add('Outcome', transaction.isOpen ? 'streaming' : of('llm_tracing.stream.outcome') ?? (transaction.isError ? 'failed' : 'ok'))
  add('Model', of('gen_ai.response.model') ?? of('gen_ai.request.model'))
  add('First chunk', firstChunk === undefined ? undefined : milliseconds(firstChunk * 1000))
  add('Chunks', count(of('llm_tracing.stream.chunks')))
  add('Tokens in', count(of('gen_ai.usage.input_tokens')))
  add('Tokens out', count(output))
  add('Tokens/s', output > 0 && seconds > 0 ? number.format(Math.round(output / seconds)) : undefined)
  add('Cost', cost === undefined ? undefined : money.format(cost))
  add('Error', of('error.type'))
  return list
}

// A row for each span, beneath its parent; bars are parts of the request's time, in hundredths.
function waterfall(transaction) {
  const start = Date.parse(transaction.start)
  const end = Math.max(...[transaction, ...transaction.spans].map(span => Date.parse(span.start) - start + span.durationMs), 1)
  const list = make('ol')
  list.className = 'waterfall'
  const add = (span, depth) => {
    list.append(row(span, depth, Date.parse(span.start) - start, end))
    transaction.spans.filter(child => child.parentSpanId === span.spanId).forEach(child => add(child, depth + 1))
  }
  add(transaction, 0)
  return list
}

function row(span, depth, offset, end) {
  const element = make('li')
  const name = make('span', span.name)
  name.className = 'name'
  name.style.paddingInlineStart = `${depth * 0.75}rem`
  const bar = make('span')
  bar.className = span.isError ? 'bar error' : span.isOpen ? 'bar open' : 'bar'
  bar.style.marginInlineStart = `${Math.min(99, 100 * offset / end)}%`
  bar.style.inlineSize = `${Math.max(1, 100 * span.durationMs / end)}%`
  const track = make('span')
  track.className = 'track'
  track.ariaHidden = 'true'
  track.append(bar)
  const time = make('span', span.isOpen ? 'open' : milliseconds(span.durationMs))
  time.className = 'time'
  element.append(name, track, time)
  return element
}

function milliseconds(value) {
  return value < 1000 ? `${number.format(Math.round(value))} ms` : `${(value / 1000).toFixed(2)} s`
}

function count(value) {
  return value === undefined ? undefined : number.format(value)
}

function make(name, text = '') {
  const element = document.createElement(name)
  element.textContent = text
  return element
}
