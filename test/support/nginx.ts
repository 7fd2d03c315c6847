import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { certificates } from './certificates.ts'
import { tempDir } from './temp-dir.ts'

export interface NginxOptions {
	/** An address of this machine. Default: 127.0.0.1, for which its certificate is good. */
	readonly host?: string
	/** The folder that is served. Default: a new one, `root` in the result. */
	readonly root?: string
	/** Bytes a second for each connection. Default: no limit. */
	readonly bytesPerSecond?: number
	/** At once, of all clients. Default 1024. */
	readonly connections?: number
	/** Further lines of the `http` block. */
	readonly http?: string
	/** Further lines of the `server` block. */
	readonly server?: string
}

export interface Nginx extends AsyncDisposable {
	/** Files put here can be fetched at once. */
	readonly root: string
	/** Without a slash at the end. */
	readonly origin: string
	readonly tlsOrigin: string
	/** What to trust for `tlsOrigin`, as PEM. */
	readonly ca: string
	/** Stops the server and removes its folders. Idempotent. */
	close(): Promise<void>
}

const loopback = '127.0.0.1'

/** A real nginx on loopback with one worker, plain and by TLS. Resolves when it listens. */
export async function startNginx(options: NginxOptions = {}): Promise<Nginx> {
	const folder = await tempDir()
	const root = options.root ?? join(folder.path, 'root')
	const ports = await freePorts(2)
	const { ca, cert, key } = await certificates()
	// The worker may run as another user, who must be let in.
	await chmod(folder.path, 0o755)
	await mkdir(root, { recursive: true })
	await Promise.all([
		writeFile(join(folder.path, 'cert.pem'), cert),
		writeFile(join(folder.path, 'key.pem'), key),
		writeFile(join(folder.path, 'nginx.conf'), config(root, ports, options)),
	])
	const child = spawn('nginx', ['-p', folder.path, '-c', 'nginx.conf', '-e', 'stderr'], {
		stdio: ['ignore', 'ignore', 'pipe'],
	})
	const kill = (): void => {
		child.kill('SIGTERM')
	}
	process.on('exit', kill)
	const close = async (): Promise<void> => {
		await stop(child)
		process.off('exit', kill)
		await folder[Symbol.asyncDispose]()
	}
	try {
		await ready(child, join(folder.path, 'nginx.pid'))
	} catch (error) {
		await close()
		throw error
	}
	const [port, tlsPort] = ports
	const { host = loopback } = options
	return {
		root,
		origin: `http://${host}:${port}`,
		tlsOrigin: `https://${host}:${tlsPort}`,
		ca,
		close,
		[Symbol.asyncDispose]: close,
	}
}

function config(root: string, [port, tlsPort]: readonly number[], options: NginxOptions): string {
	const { host = loopback, bytesPerSecond = 0, connections = 1024, http = '', server = '' } = options
	return `
${process.getuid?.() === 0 ? 'user root;' : ''}
daemon off;
worker_processes 1;
pid nginx.pid;
error_log stderr error;
events { worker_connections ${connections}; }
http {
	access_log off;
	sendfile on;
	default_type application/octet-stream;
	client_body_temp_path client_body;
	proxy_temp_path proxy;
	fastcgi_temp_path fastcgi;
	uwsgi_temp_path uwsgi;
	scgi_temp_path scgi;
	${http}
	server {
		listen ${host}:${port};
		listen ${host}:${tlsPort} ssl;
		ssl_certificate cert.pem;
		ssl_certificate_key key.pem;
		root ${JSON.stringify(root)};
		limit_rate ${bytesPerSecond};
		${server}
	}
}
`
}

/** Ports that were free a moment ago; nginx cannot choose its own and say so. */
async function freePorts(count: number): Promise<number[]> {
	const servers = Array.from({ length: count }, () => createServer().listen(0, loopback))
	await Promise.all(servers.map(server => once(server, 'listening')))
	const ports = servers.map(server => (server.address() as AddressInfo).port)
	await Promise.all(servers.map(server => once(server.close(), 'close')))
	return ports
}

/** nginx writes its process id when its ports are bound: from then on the kernel accepts for it. */
async function ready(child: ChildProcess, pidFile: string): Promise<void> {
	let said = ''
	let ended = false
	child.stderr?.on('data', data => {
		said += data
	})
	child.once('close', () => {
		ended = true
	})
	child.once('error', error => {
		said += error.message
	})
	while (!existsSync(pidFile)) {
		if (ended) throw new Error(`nginx did not start: ${said}`)
		await setTimeout(5)
	}
}

async function stop(child: ChildProcess): Promise<void> {
	const isGone = child.pid === undefined || child.exitCode !== null || child.signalCode !== null
	if (isGone) return
	const exit = once(child, 'exit')
	child.kill('SIGTERM')
	await exit
}
