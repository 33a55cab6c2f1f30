// The card beside an answer: its transaction, followed while it is made, and kept when it has ended.

const TRACES = '/_llm-traces'
const MODEL_CALLS = ['chat', 'text_completion', 'generate_content']

// For a trace to end after its answer has.
const LONGEST_WAIT = 3000
const number = new Intl.NumberFormat()
const money = new Intl.NumberFormat(undefined, { style: 'currency', currency: 'USD', maximumSignificantDigits: 3 })

export class TraceCard {
  #element
  #onEnd
  #feed
  #traceId
  #shown
  #isEnded = false

  constructor(element, onEnd) {
    this.#element = element
    this.#onEnd = onEnd
  }

  follow(traceId) {
    this.#close()
    this.#isEnded = false
    this.show(undefined, traceId)
    const feed = this.#feed = new EventSource(`${TRACES}/stream?trace=${traceId}`)
    feed.addEventListener('transaction', event => this.#take(JSON.parse(event.data)))
    feed.addEventListener('error', () => {
      const isRefused = feed.readyState === EventSource.CLOSED
      this.#close()
      if (isRefused) {
        this.show(undefined, traceId, 'The app shows no traces here: app.MapLlmTraces() does in Development.')
      } else if (this.#isEnded) {
        this.#giveUp()
      }
    })
  }

  /** Says that the answer has ended: its trace does too, if it is recorded, and if there is still a server that tells of it. */
  end() {
    this.#isEnded = true
    if (this.#feed) {
      setTimeout(() => this.#giveUp(), LONGEST_WAIT)
    } else if (this.#traceId && (!this.#shown || this.#shown.isOpen)) {
      this.#giveUp()
    }
  }

  show(transaction, traceId, note) {
    this.#traceId = traceId
    this.#shown = transaction
    if (!traceId) {
      this.#element.replaceChildren()
      return
    }

    const children = [heading(traceId)]
    if (transaction) {
      children.push(facts(transaction), waterfall(transaction))
    }
    if (note || !transaction) {
      children.push(make('p', note ?? 'Waiting for its spans.'))
    }

    this.#element.replaceChildren(...children)
  }

  #take(transaction) {
    this.show(transaction, transaction.traceId)
    if (!transaction.isOpen) {
      this.#close()
      this.#onEnd(transaction)
    }
  }

  // A browser has six connections to a host: none may stay for a trace of which nothing more comes.
  #giveUp() {
    if (!this.#shown || this.#shown.isOpen) {
      this.#close()
      this.show(this.#shown && { ...this.#shown, isLost: true }, this.#traceId, this.#shown
        ? 'The server has not told how it ended.'
        : 'No trace of it is here: it was not recorded, or the server has forgotten it.')
    }
  }

  #close() {
    this.#feed?.close()
    this.#feed = undefined
  }
}

function heading(traceId) {
  const element = make('h3', 'Trace ')
  element.append(make('code', traceId))
  return element
}

// Of the whole request, as its transaction has them; what only a call knows, of its last one.
function facts(transaction) {
  const calls = transaction.spans.filter(span => MODEL_CALLS.includes(span.attributes['gen_ai.operation.name']))
  const last = calls.at(-1)
  const total = name => transaction.attributes[`llm_tracing.usage.${name}`]
  const of = name => last?.attributes[name] ?? transaction.attributes[name]
  const firstChunk = of('gen_ai.response.time_to_first_chunk')
  const output = last?.attributes['gen_ai.usage.output_tokens']
  const seconds = firstChunk === undefined ? undefined : last.durationMs / 1000 - firstChunk
  const cost = transaction.attributes['llm_tracing.cost.total']
  const outcome = of('llm_tracing.stream.outcome') ?? (transaction.isError ? 'failed' : 'ok')
  const list = make('dl')
  const add = (name, value) => value !== undefined && list.append(make('dt', name), make('dd', value))
  add('Outcome', transaction.isLost ? 'not known' : transaction.isOpen ? 'streaming' : outcome)
  add('Model', of('gen_ai.response.model') ?? of('gen_ai.request.model'))
  add('Calls', calls.length > 1 ? count(calls.length) : undefined)
  add('First chunk', firstChunk === undefined ? undefined : milliseconds(firstChunk * 1000))
  add('Chunks', count(of('llm_tracing.stream.chunks')))
  add('Tokens in', count(total('input_tokens')))
  add('Tokens out', count(total('output_tokens')))
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
