// What a model writes, as elements. Its text only ever becomes text: no string of it is read as HTML.

const FENCE = /^```(\w*)\s*$/
const HEADING = /^(#{1,6})\s+(.+)$/
const BULLET = /^\s*[-*+]\s+(.+)$/
const NUMBERED = /^\s*\d+[.)]\s+(.+)$/
const INLINE = /(`[^`]+`)|(\*\*[^*]+\*\*)|(\*[^*\s][^*]*\*)|(\[[^\]]+\]\([^)\s]+\))/

export function renderMarkdown(text) {
  const lines = text.split('\n')
  const blocks = document.createDocumentFragment()
  for (let i = 0; i < lines.length;) {
    i = FENCE.test(lines[i]) ? code(lines, i, blocks)
      : HEADING.test(lines[i]) ? heading(lines, i, blocks)
        : BULLET.test(lines[i]) ? list('ul', BULLET, lines, i, blocks)
          : NUMBERED.test(lines[i]) ? list('ol', NUMBERED, lines, i, blocks)
            : lines[i].startsWith('|') ? table(lines, i, blocks)
              : lines[i].trim() === '' ? i + 1
                : paragraph(lines, i, blocks)
  }

  return blocks
}

function code(lines, start, blocks) {
  let end = start + 1
  while (end < lines.length && !FENCE.test(lines[end])) {
    end++
  }

  const pre = append(blocks, 'pre')
  pre.tabIndex = 0
  append(pre, 'code').textContent = lines.slice(start + 1, end).join('\n')
  return end + 1
}

function heading(lines, start, blocks) {
  const [, marks, text] = HEADING.exec(lines[start])

  // Beneath the question, which is an h2.
  inline(append(blocks, `h${Math.min(6, marks.length + 2)}`), text)
  return start + 1
}

function list(name, item, lines, start, blocks) {
  const element = append(blocks, name)
  let end = start
  for (; end < lines.length && item.test(lines[end]); end++) {
    inline(append(element, 'li'), item.exec(lines[end])[1])
  }

  return end
}

function table(lines, start, blocks) {
  const scroll = append(blocks, 'div')
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

function paragraph(lines, start, blocks) {
  let end = start
  while (end < lines.length && lines[end].trim() !== '' && !lines[end].startsWith('|')
    && ![FENCE, HEADING, BULLET, NUMBERED].some(block => block.test(lines[end]))) {
    end++
  }

  end = Math.max(end, start + 1)
  inline(append(blocks, 'p'), lines.slice(start, end).join('\n'))
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
