"""A bad web server for the tests of fetch. Usage: http_server.py FOLDER

Serves FOLDER on two ports chosen by the system, writes them to FOLDER/.ports (one a line) and a line per request to FOLDER/.log:
PORT PATH range=RANGE auth=yes|no. The first component of the path says how it misbehaves; the rest is the file.
"""
import hashlib, os, sys, threading, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

root = sys.argv[1]
seen, lock, servers = {}, threading.Lock(), []


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *words):
        pass

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def cut(self, status, body, sent, **headers):
        """Promises all of the body, sends a part and closes."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:sent])
        self.wfile.flush()
        self.close_connection = True

    def do_GET(self):
        how, _, name = self.path.lstrip("/").partition("/")
        with lock:
            seen[self.path] = seen.get(self.path, 0) + 1
            nth = seen[self.path]
            with open(os.path.join(root, ".log"), "a") as log:
                log.write("%d %s range=%s auth=%s\n" % (self.server.server_port, self.path, self.headers.get("Range", "-"),
                                                       "yes" if "Authorization" in self.headers else "no"))
        path = os.path.join(root, name)
        if not os.path.isfile(path):
            return self.answer(404, b"<html>not here</html>")
        body = open(path, "rb").read()
        tag = '"%s"' % hashlib.md5(body).hexdigest()
        if how in ("stale", "noif") and nth == 1:  # the file was another one then
            return self.cut(200, b"?" * len(body), len(body) // 2, ETag='"old"')
        if how == "leaky":
            return self.cut(200, body, len(body) // 2)
        if how == "norange":
            return self.cut(200, body, len(body) // 2, ETag=tag) if nth == 1 else self.answer(200, body, ETag=tag)
        if how == "noetag":
            return self.cut(200, body, len(body) // 2) if nth == 1 else self.answer(200, body)
        if how == "liar" and nth == 2:  # other bytes than asked for
            return self.answer(206, body[5:], ETag=tag, Content_Range="bytes 5-%d/%d" % (len(body) - 1, len(body)))
        if how == "500" and nth < 3:
            return self.answer(500, b"oh")
        if how == "429" and nth == 1:
            return self.answer(429, b"slowly", Retry_After="1")
        if how == "later":
            return self.answer(503, b"slowly", Retry_After="86400")
        if how == "always500":
            return self.answer(500, b"oh")
        if how == "wrong":
            return self.answer(200, b"wrong" + body, ETag=tag)
        if how == "stall" and nth == 1:
            self.cut(200, body, len(body) // 2, ETag=tag)
            time.sleep(4)  # and says no more
            return None
        if how == "reset" and nth == 1:
            self.close_connection = True
            return None
        if how in ("branch", "0123456789abcdef0123456789abcdef01234567"):  # as the dataset hub does
            return self.answer(302, Location="http://127.0.0.1:%d/ok/%s" % (servers[1].server_port, name), X_Repo_Commit="0123456789abcdef" * 2 + "01234567")
        if how == "elsewhere":
            return self.answer(302, Location="http://127.0.0.1:%d/ok/%s" % (servers[1].server_port, name))
        if how == "tofile":
            return self.answer(302, Location="file:///etc/passwd")
        if how == "loop":
            return self.answer(302, Location="/loop/" + name)
        if how in ("gated", "gated-elsewhere"):
            if self.headers.get("Authorization") != "Bearer s3cret-token":
                return self.answer(403 if "Authorization" in self.headers else 401, b"no")
            if how == "gated-elsewhere":
                return self.answer(302, Location="http://127.0.0.1:%d/ok/%s" % (servers[1].server_port, name))
        if how == "chunked":
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"%x\r\n%s\r\n" % (len(body), body) + (b"0\r\n\r\n" if nth > 1 else b""))
            self.close_connection = nth == 1
            return None
        if how == "big":
            return self.cut(200, b"\0" * 100000001, 1000)
        start, headers = 0, {"ETag": tag}
        asked = self.headers.get("Range")
        if asked and (how == "noif" or self.headers.get("If-Range") == tag):
            start = int(asked[len("bytes="):-1])
            if start >= len(body):
                return self.answer(416, Content_Range="bytes */%d" % len(body))
            headers["Content_Range"] = "bytes %d-%d/%d" % (start, len(body) - 1, len(body))
        rest, status = body[start:], 206 if start else 200
        if how == "slices" and start:  # at most 100,000 bytes of it
            rest = rest[:100000]
            headers["Content_Range"] = "bytes %d-%d/%d" % (start, start + len(rest) - 1, len(body))
        if how in ("cut", "liar", "stale", "slices") and nth <= (4 if how == "cut" else 1):
            return self.cut(status, rest, len(rest) // 2, **headers)
        if how != "slow":  # 100 KB a tenth of a second
            return self.answer(status, rest, **headers)
        self.send_response(status)
        for header, value in headers.items():
            self.send_header(header.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(rest)))
        self.end_headers()
        for at in range(0, len(rest), 100000):
            self.wfile.write(rest[at:at + 100000])
            self.wfile.flush()
            time.sleep(0.1)
        return None

    def handle(self):
        try:
            super().handle()
        except (BrokenPipeError, ConnectionResetError):
            pass


for _ in range(2):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    servers.append(server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
with open(os.path.join(root, ".ports.new"), "w") as out:
    out.write("".join("%d\n" % s.server_port for s in servers))
os.rename(os.path.join(root, ".ports.new"), os.path.join(root, ".ports"))
while os.getppid() != 1:  # the test ended without stopping us
    time.sleep(0.5)
