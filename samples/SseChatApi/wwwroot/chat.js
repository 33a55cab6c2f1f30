// The page: asks, shows answers as they come, and keeps the conversation for as long as its tab.
import { stream } from './stream.js'
import { renderMarkdown } from './markdown.js'
import { TraceCard } from './trace.js'

const MOST_ATTEMPTS = 3
const KEPT = 'turns'

const page = Object.fromEntries(
  ['turns', 'hint', 'status', 'ask', 'message', 'send', 'stop', 'clear', 'turn'].map(id => [id, document.getElementById(id)]))
const turns = JSON.parse(sessionStorage.getItem(KEPT) ?? '[]')
let running

turns.forEach(show)
page.ask.addEventListener('submit', event => {
  event.preventDefault()
  const question = page.message.value.trim()
  if (question && !running) {
    page.message.value = ''
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
  keep()
  page.turns.replaceChildren(page.hint)
  say('The conversation is empty.')
  page.message.focus()
})

async function ask(question) {
  const turn = { question, answer: '', outcome: 'streaming' }
  turns.push(turn)
  const view = show(turn)
  running = new AbortController()
  setRunning(true)
  say('The answer is coming.')
  view.element.scrollIntoView({ block: 'start', behavior: 'smooth' })

  await answer(turn, view, running.signal)

  running = undefined
  setRunning(false)
  view.end()
  keep()
  say({ completed: 'The answer is complete.', stopped: 'The answer was stopped.' }[turn.outcome] ?? turn.problem)
  page.message.focus()
}

// A connection that breaks says nothing of the answer: ask again, from its beginning, for a model cannot go on in the middle.
async function answer(turn, view, signal) {
  for (let attempt = 1; ; attempt++) {
    turn.answer = ''
    view.text()
    const end = await stream(transport(), turn.question, signal, {
      trace: id => { turn.traceId = id; view.card.follow(id) },
      text: text => { turn.answer += text; view.text() }
    })
    turn.outcome = end.outcome
    turn.problem = end.problem
    if (end.outcome !== 'connection lost' || attempt === MOST_ATTEMPTS) {
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
  const card = new TraceCard(part('trace'), transaction => { turn.transaction = transaction; keep() })
  part('question').textContent = turn.question
  part('retry').addEventListener('click', () => !running && ask(turn.question))
  page.turns.append(element)

  let painting
  const view = {
    element,
    card,
    // Once a frame at most, however fast the chunks come.
    text() {
      painting ??= requestAnimationFrame(() => {
        painting = undefined
        part('answer').replaceChildren(renderMarkdown(turn.answer))
      })
    },
    end() {
      view.text()
      part('answer').setAttribute('aria-busy', 'false')
      const notice = turn.problem ?? (turn.outcome === 'stopped' ? 'You stopped this answer.' : undefined)
      part('notice').hidden = !notice
      part('notice').classList.toggle('failed', turn.outcome !== 'stopped')
      part('notice').querySelector('p').textContent = notice ?? ''
    }
  }

  if (turn.outcome !== 'streaming' || turn.transaction) {
    card.show(turn.transaction, turn.traceId)
  }
  if (turn !== turns.at(-1) || turn.outcome !== 'streaming') {
    view.end()
  }
  return view
}

function setRunning(isRunning) {
  page.send.hidden = isRunning
  page.stop.hidden = !isRunning
}

// Only once a turn has ended, or its trace has: a tab that is reloaded in the middle has stopped its answer.
function keep() {
  const ended = turns.map(turn => turn.outcome === 'streaming' ? { ...turn, outcome: 'stopped' } : turn)
  sessionStorage.setItem(KEPT, JSON.stringify(ended))
}

function say(text) {
  page.status.textContent = text
}

function transport() {
  return page.ask.ownerDocument.querySelector('input[name=transport]:checked').value
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
