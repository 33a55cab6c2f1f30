// Starts Spotlight with its page, on loopback alone: npm start [-- PORT [--until-input-ends]]. PORT, or the variable of
// that name, is 8969 by default, and 0 any free one. The first line that it writes says where it is, or why it is not.
import { existsSync, readFileSync } from 'node:fs'
import { Server, Socket } from 'node:net'

const [given, ...rest] = process.argv.slice(2)
const port = Number(given || process.env.PORT || 8969)

// For a container, whose loopback nobody else can reach: what is published of it says who can.
const address = process.env.SPOTLIGHT_ADDRESS || '127.0.0.1'

// The page needs no host but this one, which it calls localhost whatever the browser does: so what it would report to its
// makers stays here. It has a policy of its own too, which allows that and is stricter otherwise; both hold.
const pagePolicy = [
  "default-src 'self' data: blob: 'unsafe-inline' 'wasm-unsafe-eval'",
  "connect-src 'self' http://localhost:*",
  "frame-ancestors 'none'",
].join('; ')

function end(sentence) {
  console.log(sentence)
  process.exit(1)
}

// By the package's own "engines". An older node fails to load it, with an error that names something else.
if (Number.parseInt(process.versions.node) < 20) {
  end(`Spotlight needs node 20 or later, not ${process.versions.node}`)
}

if (!Number.isInteger(port) || port < 0 || port > 65535) {
  end(`The port is '${given || process.env.PORT}': give one from 1 to 65535, or 0 for any free one`)
}

// Spotlight has no setting for its address, and would listen on all of them. Where its port is taken it would wait.
const { listen } = Server.prototype
Server.prototype.listen = function (_port, _address, ready) {
  this.prependListener('error', error => {
    end(error.code === 'EADDRINUSE'
      ? `Port ${port} of ${address} is taken, by another Spotlight perhaps: give another one, npm start -- 8970`
      : `Spotlight cannot listen on port ${port} of ${address}: ${error.message}`)
  })
  return listen.call(this, port, address, ready)
}

// It has to call no one, so neither it nor what it brings along can report to anyone.
Socket.prototype.connect = () => {
  throw new Error('Spotlight connects to nothing.')
}

// What its command line would serve, which reports its start.
function pageFiles() {
  const entries = Object.values(JSON.parse(readFileSync(new URL('manifest.json', folder), 'utf8')))
  const names = ['index.html', ...entries.map(entry => entry.file)]
  return Object.fromEntries(names.map(name => [name, readFileSync(new URL(name, folder))]))
}

const folder = new URL('node_modules/@spotlightjs/spotlight/dist/ui/', import.meta.url)
if (!existsSync(folder)) {
  end('Spotlight is not installed: npm ci --prefix samples/spotlight')
}

const { setupSpotlight } = await import('@spotlightjs/spotlight')

// Not its own port: it would ask first who is there, and connects to nothing.
const server = await setupSpotlight({ port: 0, filesToServe: pageFiles(), isStandalone: true })
server.prependListener('request', (_request, response) => response.setHeader('Content-Security-Policy', pagePolicy))
console.log(`Spotlight is at http://${address === '127.0.0.1' ? 'localhost' : address}:${server.address().port}`)

// It does not outlive the process that has started it with its own pipe.
if (rest.includes('--until-input-ends')) {
  process.stdin.resume().on('end', () => process.exit())
}
