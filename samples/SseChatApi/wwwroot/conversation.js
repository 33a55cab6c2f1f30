// The turns of a conversation, kept for as long as their tab. A tab may have no store, or a full one: then they are only shown.

const KEY = 'turns'

export function load() {
  try {
    const turns = JSON.parse(sessionStorage.getItem(KEY) ?? '[]')
    return Array.isArray(turns) ? turns : []
  } catch (error) {
    console.warn('The conversation could not be read, and begins anew.', error)
    return []
  }
}

// A tab that is loaded anew in the middle of an answer has stopped it.
export function keep(turns) {
  const ended = turns.map(turn => turn.outcome === 'streaming' ? { ...turn, outcome: 'stopped' } : turn)
  for (let oldest = 0; oldest <= ended.length; oldest++) {
    try {
      sessionStorage.setItem(KEY, JSON.stringify(ended.slice(oldest)))
      return
    } catch (error) {
      if (oldest === ended.length) {
        console.warn('The conversation is not kept.', error)
      }
    }
  }
}
