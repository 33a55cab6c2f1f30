// Starts Spotlight at the first line of its input, answers with its port, and ends with its input.
import { Server, Socket } from 'node:net'
import { createInterface } from 'node:readline'

// Spotlight has no setting for its address, and would listen on all of them.
const { listen } = Server.prototype
Server.prototype.listen = function (port, _address, ready) {
  return listen.call(this, port, '127.0.0.1', ready)
}

// It has to call no one, so neither it nor what it brings along can report to anyone.
Socket.prototype.connect = () => {
  throw new Error('A test of Spotlight connects to nothing.')
}

async function start() {
  // By the package's own "engines". An older node fails to load it, with an error that names something else.
  if (Number.parseInt(process.versions.node) < 20) {
    return `Spotlight needs node 20 or later, not ${process.versions.node}`
  }

  // The command line of Spotlight would report its start; this does not. Port 0 is any free one.
  const { setupSpotlight } = await import('@spotlightjs/spotlight')
  const server = await setupSpotlight({ port: 0, filesToServe: {}, isStandalone: true })
  return server.address().port
}

for await (const _ of createInterface({ input: process.stdin })) {
  console.log(await start())
}

process.exit()
