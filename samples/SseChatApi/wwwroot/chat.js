// The page: asks, and shows answers as they come. Each question stands for itself: the server is sent no earlier ones.
import { load, keep } from './conversation.js'
import { showMarkdown } from './markdown.js'
import { stream } from './stream.js'
import { TraceCard } from './trace.js'

const MOST_ATTEMPTS = 3

// A server that is stopping comes back, or another one does.
const AGAIN = ['connection lost', 'server_stopping']
const NOTICES = {
  'stopped': 'You stopped this answer.',
  'refused': 'The question was not accepted.',
  'connection lost': 'The connection was lost. Is the server running?',
  'server_stopping': 'The server is stopping. Please ask again.',
  'upstream_failed': 'The model could not finish its answer. Please ask again.',
  'upstream_timed_out': 'The model took too long. Please ask again.'
}

const page = Object.fromEntries(
  ['turns', 'hint', 'status', 'ask', 'message', 'send', 'stop', 'clear', 'turn'].map(id => [id, document.getElementById(id)]))
const turns = load()
let running

turns.forEach(turn => show(turn).end())
page.ask.addEventListener('submit', event => {
  event.preventDefault()
  const question = page.message.value.trim()
  if (question && !running) {
    page.message.value = ''
    grow()
    ask(question)
  }
})
page.message.addEventListener('keydown', event => {
  if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
    event.preventDefault()
    page.ask.requestSubmit()
  }
})
page.message.addEventListener('input', grow)
document.addEventListener('keydown', event => event.key === 'Escape' && running?.abort())
page.stop.addEventListener('click', () => running?.abort())
page.clear.addEventListener('click', () => {
  running?.abort()
  turns.length = 0
  keep(turns)
  page.turns.replaceChildren(page.hint)
  say('The conversation is empty.')
  page.message.focus()
})

async function ask(question) {
  const turn = { question, answer: '', outcome: 'streaming' }
  turns.push(turn)
  keep(turns)
  const view = show(turn)
  running = new AbortController()
  setRunning(true)
  say('The answer is coming.')
  view.element.scrollIntoView({ block: 'start', behavior: 'smooth' })

  try {
    await answer(turn, view, running.signal)
  } finally {
    running = undefined
    setRunning(false)
    view.end()
  }

  if (turns.includes(turn)) {
    keep(turns)
    say(turn.outcome === 'completed' ? 'The answer is complete.' : NOTICES[turn.outcome] ?? 'The answer ended early.')
  }
}

// A connection that breaks says nothing of the answer: ask again, from its beginning, for a model cannot go on in the middle. What
// has come stays until more does.
async function answer(turn, view, signal) {
  for (let attempt = 1; ; attempt++) {
    let isFirst = true
    const end = await stream(transport(), turn.question, signal, {
      trace: id => { turn.traceId = id; view.card.follow(id) },
      text: text => {
        turn.answer = isFirst ? text : turn.answer + text
        isFirst = false
        view.text()
      }
    })
    Object.assign(turn, { outcome: end.outcome, detail: end.detail })
    if (!AGAIN.includes(end.outcome) || attempt === MOST_ATTEMPTS) {
      return
    }

    say(`The connection was lost. Asking again, ${attempt + 1} of ${MOST_ATTEMPTS}.`)
    await pause(end.retryMs ?? 1000 * attempt, signal)
    if (signal.aborted) {
      turn.outcome = 'stopped'
      return
    }
  }
}

function show(turn) {
  page.hint.remove()
  const element = page.turn.content.firstElementChild.cloneNode(true)
  const part = name => element.querySelector(`.${name}`)
  const card = new TraceCard(part('trace'), transaction => { turn.transaction = transaction; keep(turns) })
  card.show(turn.transaction, turn.traceId)
  part('question').textContent = turn.question
  part('retry').addEventListener('click', () => !running && ask(turn.question))
  page.turns.append(element)

  let painting
  const paint = () => {
    cancelAnimationFrame(painting)
    painting = undefined
    showMarkdown(part('answer'), turn.answer)
  }
  const view = {
    element,
    card,
    // Once a frame at most, however fast the chunks come.
    text() {
      painting ??= requestAnimationFrame(paint)
    },
    end() {
      paint()
      card.end()
      const notice = turn.outcome === 'completed' ? undefined : NOTICES[turn.outcome] ?? 'The answer ended early.'
      part('answer').setAttribute('aria-busy', 'false')
      part('notice').hidden = !notice
      part('notice').classList.toggle('failed', turn.outcome !== 'stopped')
      part('notice').querySelector('p').textContent = notice ?? ''
      part('detail').textContent = turn.detail ?? ''
    }
  }
  return view
}

function setRunning(isRunning) {
  // The button that had the focus goes: it stays where the reader was.
  const hadFocus = [page.send, page.stop].includes(document.activeElement)
  page.send.hidden = isRunning
  page.stop.hidden = !isRunning
  if (hadFocus) {
    page.message.focus()
  }
}

function say(text) {
  page.status.textContent = text
}

function transport() {
  return document.querySelector('input[name=transport]:checked').value
}

function grow() {
  page.message.style.height = 'auto'
  page.message.style.height = `${page.message.scrollHeight}px`
}

function pause(milliseconds, signal) {
  return new Promise(resolve => {
    const timer = setTimeout(resolve, milliseconds)
    signal.addEventListener('abort', () => { clearTimeout(timer); resolve() }, { once: true })
  })
}
