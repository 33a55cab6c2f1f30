// What a model writes, as elements. Its text only ever becomes text: no string of it is read as HTML.

const FENCE = /^\s*```([^`]*)$/
const HEADING = /^(#{1,6})\s+(.+)$/
const BULLET = /^\s*[-*+]\s+(.+)$/
const NUMBERED = /^\s*(\d{1,9})[.)]\s+(.+)$/

// Bounded, so that no text takes longer than its length: code, strong, emphasis, link.
const INLINE = /(`[^`]{1,2000}`)|(\*\*[^*]{1,2000}\*\*)|((?<![\w*])\*[^*\s][^*]{0,2000}\*(?![\w*]))|(\[[^\]]{1,500}\]\([^)\s]{1,2000}\))/

/** Shows a text in an element, which has an earlier state of it: blocks that are as they were stay, a selection in them too. */
export function showMarkdown(element, text) {
  const shown = element.blocks ??= []
  const blocks = blocksOf(text)
  blocks.forEach((block, i) => {
    if (shown[i] === block) {
      return
    }

    const part = document.createElement('div')
    render(block.split('\n'), part)
    element.replaceChild(part, element.children[i] ?? element.appendChild(document.createElement('div')))
    shown[i] = block
  })
  while (element.children.length > blocks.length) {
    element.lastChild.remove()
    shown.pop()
  }
}

// Parted by empty lines, but for those in code.
function blocksOf(text) {
  const blocks = ['']
  let isCode = false
  for (const line of text.split('\n')) {
    isCode = FENCE.test(line) ? !isCode : isCode
    if (line.trim() === '' && !isCode) {
      blocks.push('')
    } else {
      blocks[blocks.length - 1] += (blocks.at(-1) === '' ? '' : '\n') + line
    }
  }

  return blocks.filter(block => block !== '')
}

function render(lines, parent) {
  for (let i = 0; i < lines.length;) {
    i = FENCE.test(lines[i]) ? code(lines, i, parent)
      : HEADING.test(lines[i]) ? heading(lines, i, parent)
        : BULLET.test(lines[i]) || NUMBERED.test(lines[i]) ? list(lines, i, parent)
          : lines[i].startsWith('|') ? table(lines, i, parent)
            : paragraph(lines, i, parent)
  }
}

function code(lines, start, parent) {
  let end = start + 1
  while (end < lines.length && !FENCE.test(lines[end])) {
    end++
  }

  const pre = append(parent, 'pre')
  pre.tabIndex = 0
  append(pre, 'code').textContent = lines.slice(start + 1, end).join('\n')
  return end + 1
}

function heading(lines, start, parent) {
  const [, marks, text] = HEADING.exec(lines[start])

  // Beneath the question, which is an h2.
  inline(append(parent, `h${Math.min(6, marks.length + 2)}`), text)
  return start + 1
}

function list(lines, start, parent) {
  const number = NUMBERED.exec(lines[start])
  const item = number ? NUMBERED : BULLET
  const element = append(parent, number ? 'ol' : 'ul')
  if (number) {
    element.start = Number(number[1])
  }

  let end = start
  for (; end < lines.length && item.test(lines[end]); end++) {
    inline(append(element, 'li'), item.exec(lines[end]).at(-1))
  }

  return end
}

function table(lines, start, parent) {
  const scroll = append(parent, 'div')
  scroll.className = 'scroll'
  scroll.tabIndex = 0
  const body = append(append(scroll, 'table'), 'tbody')
  let end = start
  for (; end < lines.length && lines[end].startsWith('|'); end++) {
    if (/^[|\s:-]+$/.test(lines[end])) {
      continue
    }

    const row = append(body, 'tr')
    for (const cell of lines[end].replace(/^\||\|\s*$/g, '').split('|')) {
      inline(append(row, end === start ? 'th' : 'td'), cell.trim())
    }
  }

  return end
}

function paragraph(lines, start, parent) {
  let end = start + 1
  while (end < lines.length && !lines[end].startsWith('|')
    && ![FENCE, HEADING, BULLET, NUMBERED].some(block => block.test(lines[end]))) {
    end++
  }

  inline(append(parent, 'p'), lines.slice(start, end).join('\n'))
  return end
}

function inline(element, text) {
  for (let rest = text; rest !== '';) {
    const found = INLINE.exec(rest)
    element.append(rest.slice(0, found?.index ?? rest.length))
    if (!found) {
      return
    }

    const [mark, isCode, isStrong, isEmphasis] = found
    if (isCode) {
      append(element, 'code').textContent = mark.slice(1, -1)
    } else if (isStrong) {
      inline(append(element, 'strong'), mark.slice(2, -2))
    } else if (isEmphasis) {
      inline(append(element, 'em'), mark.slice(1, -1))
    } else {
      link(element, mark)
    }

    rest = rest.slice(found.index + mark.length)
  }
}

// Only to where a reader can see that it goes; of all others, the words alone.
function link(element, mark) {
  const [, text, address] = /^\[([^\]]+)\]\(([^)]+)\)$/.exec(mark)
  if (!/^https?:\/\//i.test(address)) {
    inline(element, text)
    return
  }

  const anchor = append(element, 'a')
  anchor.href = address
  anchor.rel = 'noopener noreferrer'
  anchor.target = '_blank'
  anchor.textContent = text
}

function append(parent, name) {
  return parent.appendChild(document.createElement(name))
}
