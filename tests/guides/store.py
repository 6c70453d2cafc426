"""A store on loopback that takes PUT with an Authorization header, and gives files to everybody.

  store.py FOLDER PORT_FILE
"""

import functools
import http.server
import pathlib
import sys


class Store(http.server.SimpleHTTPRequestHandler):
    def do_PUT(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        known = self.headers["Authorization"] == "Bearer opensesame"
        if known:
            (folder / pathlib.PurePosixPath(self.path).name).write_bytes(body)
        self.send_response(201 if known else 401)
        self.end_headers()


folder = pathlib.Path(sys.argv[1])
folder.mkdir()
server = http.server.HTTPServer(("127.0.0.1", 0), functools.partial(Store, directory=folder))
pathlib.Path(sys.argv[2]).write_text(str(server.server_port))
server.serve_forever()
