#!/usr/bin/python3
"""A park's worth of cameras for tests: GStreamer's RTSP server playing loops in phase with the wall clock.

One JSON object on the command line:
  {"mounts": [{"path": "/cam1", "clip": "/x/a.h264", "codec": "h264", "fps": 15, "keys": true}],
   "user": "guard", "password": "..."}            user and password are optional (digest)
"certificate" (PEM of key and certificate) makes it rtsps. A mount with "sendFps" sends that many of its frames a second
while their times go on by "fps", as cameras with a wrong clock do.
The first line printed is JSON: {"rtspPort": n, "controlPort": n, "epochMs": t}. Frame n of a clip is on the air at
epochMs + n / fps, so a viewer that reads n from the picture's barcode knows how old the picture is.

Control over HTTP: GET /stats -> {"connections": open now, "pipelines": there now, "accepted": so far, "plays": {path: so far}},
POST /stall?path=/cam1 and /resume?path=/cam1 (no more frames while the connection stays), POST /kick (drop everyone),
POST /password?password=x (who is in stays), POST /clip?path=/cam1&clip=/x/b.h264&codec=h264&fps=15 (another clip from its next key frame on, in the same connection;
with another codec everyone is dropped, as a camera does whose codec is set anew).
A mount with "sound" (alaw, ulaw, aac, g722) shows GStreamer's own test picture and has a second
track with a tone of 440 Hz. A mount whose codec is "jpeg" shows GStreamer's own test picture.
It ends when its standard input closes.
"""
import json
import re
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlparse

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import Gio, GLib, Gst, GstRtspServer  # noqa: E402

CONFIG = json.loads(sys.argv[1])
Gst.init(None)
EPOCH = time.time()
DELIMITER = {"h264": b"\x00\x00\x00\x01\x09", "h265": b"\x00\x00\x00\x01\x46\x01"}
TONE = "audiotestsrc is-live=true wave=sine freq=440 volume=0.5 ! audio/x-raw,channels=1,rate"
SOUND = {
    "alaw": f"{TONE}=8000 ! alawenc ! rtppcmapay name=pay1 pt=8",
    "ulaw": f"{TONE}=8000 ! mulawenc ! rtppcmupay name=pay1 pt=0",
    "aac": f"{TONE}=16000 ! avenc_aac ! rtpmp4gpay name=pay1 pt=97",
    # nothing here knows it
    "g722": f"{TONE}=16000 ! avenc_g722 ! rtpg722pay name=pay1 pt=9",
}
LOCK = threading.Lock()
FEEDS = []
STALLED = set()
COUNTS = {"connections": 0, "pipelines": 0, "accepted": 0, "plays": {}}


def nal_types(unit, codec):
    for found in re.finditer(b"\x00\x00\x01", unit):
        byte = unit[found.end()]
        yield byte & 31 if codec == "h264" else (byte >> 1) & 63


def is_key(unit, codec):
    keys = {5} if codec == "h264" else set(range(16, 22))
    return any(kind in keys for kind in nal_types(unit, codec))


def without_delimiter(unit):
    start = unit.index(b"\x00\x00\x01", 6)
    return unit[start - 1 :] if unit[start - 1] == 0 else unit[start:]


def parameter_sets(unit):
    """The SPS and PPS at the head of an H.264 key frame."""
    return unit[: next(m.start() for m in re.finditer(b"\x00\x00\x01[\x65\x25\x45]", unit))]


class Clip:
    """Access units of an Annex B file that has an access unit delimiter before each."""

    def __init__(self, mount):
        with open(mount["clip"], "rb") as file:
            data = file.read()
        codec = mount["codec"]
        marks = [m.start() for m in re.finditer(re.escape(DELIMITER[codec]), data)] + [len(data)]
        units = [without_delimiter(data[a:b]) for a, b in zip(marks, marks[1:])]
        self.keys = [is_key(unit, codec) for unit in units]
        if not mount.get("keys", True):
            head = parameter_sets(units[0])
            units = [head + units[i + 1 if key else i] for i, key in enumerate(self.keys)]
        self.any_start = not mount.get("keys", True)
        # B-frames: times have to be those at which pictures are shown, in another order than they are sent.
        with open(mount["clip"] + ".order.json") as file:
            order = json.load(file)
        self.late = [shown - sent for sent, shown in enumerate(order)]
        self.send_duration = Gst.SECOND // (mount.get("sendFps") or mount["fps"])
        # times of our own, where those at which the pictures go out would be wrong
        self.is_reordered = any(self.late) or "sendFps" in mount
        self.buffers = [Gst.Buffer.new_wrapped(unit) for unit in units]
        self.duration = Gst.SECOND // mount["fps"]


class Feed:
    """One appsrc, fed in real time from the key frame that comes next."""

    def __init__(self, source, clip, path):
        self.source, self.clip, self.path, self.next = source, clip, path, None
        self.zero = None

    def tick(self, now):
        clip = self.clip
        due = int((now - EPOCH) * Gst.SECOND / clip.send_duration)
        if self.path in STALLED:
            self.next = None
            return True
        # It gets its clock before its base time: what is stamped in between is the machine's whole uptime late, and the
        # sink waits that long.
        if self.source.get_state(0)[1] != Gst.State.PLAYING:
            return True
        if self.next is None:
            if not clip.any_start and not clip.keys[due % len(clip.keys)]:
                return True
            self.next = due
        while self.next <= due:
            buffer = clip.buffers[self.next % len(clip.buffers)].copy()
            buffer.duration = clip.duration
            if clip.is_reordered:
                buffer.pts = self.shown_at(self.next)
            self.next += 1
            if self.source.emit("push-buffer", buffer) != Gst.FlowReturn.OK:
                return False
        return True


    def shown_at(self, number):
        if self.zero is None:
            now = self.source.get_clock().get_time() - self.source.get_base_time()
            self.zero = now - number * self.clip.duration
        return self.zero + (number + 4 + self.clip.late[number % len(self.clip.late)]) * self.clip.duration


class Factory(GstRtspServer.RTSPMediaFactory):
    def __init__(self, mount):
        super().__init__()
        self.mount = mount
        self.clip = None if mount["codec"] == "jpeg" or "sound" in mount else Clip(mount)
        self.set_shared(True)
        self.set_latency(0)
        self.set_suspend_mode(GstRtspServer.RTSPSuspendMode.NONE)

    def do_create_element(self, _url):
        codec = self.mount["codec"]
        if codec == "jpeg":
            return Gst.parse_launch(
                "( videotestsrc is-live=true ! video/x-raw,format=I420,width=320,height=240,framerate=10/1"
                " ! jpegenc ! rtpjpegpay name=pay0 pt=26 )"
            )
        if "sound" in self.mount:
            # A loop beside a live tone keeps the server waiting for its first picture: here both are made while they go.
            return Gst.parse_launch(
                "( videotestsrc is-live=true pattern=ball ! video/x-raw,width=320,height=240,framerate=15/1"
                " ! x264enc tune=zerolatency speed-preset=ultrafast key-int-max=15 ! rtph264pay name=pay0 pt=96"
                f" {SOUND[self.mount['sound']]} )"
            )
        # do-timestamp: shown when it goes out, but for clips that have times of their own.
        return Gst.parse_launch(
            f"( appsrc name=v is-live=true do-timestamp={'false' if self.clip.is_reordered else 'true'} format=time block=false max-bytes=4000000"
            f' caps="video/x-{codec},stream-format=byte-stream,alignment=au,framerate={self.mount["fps"]}/1"'
            f" ! {codec}parse config-interval=-1"
            f" ! rtp{codec}pay name=pay0 pt=96 config-interval=0 aggregate-mode=zero-latency )"
        )

    def do_configure(self, media):
        path = self.mount["path"]
        # Its pipeline is taken to pieces after the last client has gone: who comes in between may get one that stops.
        count("pipelines", 1)
        media.connect("unprepared", lambda _media: count("pipelines", -1))
        if self.clip is None:
            return
        feed = Feed(media.get_element().get_by_name("v"), self.clip, path)
        with LOCK:
            FEEDS.append(feed)
        media.connect("unprepared", lambda _media: drop(feed))


def drop(feed):
    with LOCK:
        if feed in FEEDS:
            FEEDS.remove(feed)


def pump():
    while True:
        now = time.time()
        with LOCK:
            feeds = list(FEEDS)
        for feed in feeds:
            if not feed.tick(now):
                drop(feed)
        time.sleep(0.004)


def count(what, by):
    with LOCK:
        COUNTS[what] += by


# Counted as they come and go: a list of them would keep one alive past its end, and it would be taken to pieces in the wrong thread.
def on_client(_server, client):
    count("accepted", 1)
    count("connections", 1)
    client.connect("play-request", on_play)
    client.connect("closed", lambda _client: count("connections", -1))


def on_play(_client, context):
    path = context.uri.abspath
    with LOCK:
        COUNTS["plays"][path] = COUNTS["plays"].get(path, 0) + 1


def kick():
    SERVER.client_filter(lambda _server, _client: GstRtspServer.RTSPFilterResult.REMOVE)


def change_clip(mount):
    global FACTORIES
    factory = next(one for one in FACTORIES if one.mount["path"] == mount["path"])
    if factory.mount["codec"] == mount["codec"]:
        factory.mount, factory.clip = mount, Clip(mount)
        with LOCK:
            for feed in FEEDS:
                if feed.path == mount["path"]:
                    feed.clip, feed.next = factory.clip, None
        return
    FACTORIES = [one for one in FACTORIES if one is not factory]
    SERVER.get_mount_points().remove_factory(mount["path"])
    add_factory(mount)
    kick()


class Control(BaseHTTPRequestHandler):
    def reply(self, body):
        data = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        self.reply(COUNTS)

    def do_POST(self):
        url = urlparse(self.path)
        path = parse_qs(url.query).get("path", [""])[0]
        if url.path == "/stall":
            STALLED.add(path)
        elif url.path == "/resume":
            STALLED.discard(path)
        elif url.path == "/kick":
            kick()
        elif url.path == "/password":
            AUTH.remove_digest(CONFIG["user"])
            AUTH.add_digest(CONFIG["user"], parse_qs(url.query)["password"][0], TOKEN)
        elif url.path == "/clip":
            query = {key: values[0] for key, values in parse_qs(url.query).items()}
            change_clip({**query, "fps": int(query["fps"])})
        self.reply({})

    def log_message(self, *_args):
        pass


SERVER = GstRtspServer.RTSPServer()
SERVER.set_address("127.0.0.1")
SERVER.set_service("0")
# One thread by default: DESCRIBEs would queue behind each other's cold start.
SERVER.get_thread_pool().set_max_threads(-1)
SERVER.connect("client-connected", on_client)
FACTORIES = []


def add_factory(mount):
    factory = Factory(mount)
    FACTORIES.append(factory)
    if CONFIG.get("user"):
        permissions = GstRtspServer.RTSPPermissions()
        permissions.add_permission_for_role("viewer", "media.factory.access", True)
        permissions.add_permission_for_role("viewer", "media.factory.construct", True)
        factory.set_permissions(permissions)
    SERVER.get_mount_points().add_factory(mount["path"], factory)


for one in CONFIG["mounts"]:
    add_factory(one)
AUTH = GstRtspServer.RTSPAuth()
TOKEN = GstRtspServer.RTSPToken()
TOKEN.set_string("media.factory.role", "viewer")
if CONFIG.get("user"):
    AUTH.set_supported_methods(2)  # digest
    AUTH.add_digest(CONFIG["user"], CONFIG["password"], TOKEN)
if CONFIG.get("certificate"):
    AUTH.set_tls_certificate(Gio.TlsCertificate.new_from_pem(CONFIG["certificate"], -1))
if CONFIG.get("user") or CONFIG.get("certificate"):
    SERVER.set_auth(AUTH)
SERVER.attach(None)
CONTROL = ThreadingHTTPServer(("127.0.0.1", 0), Control)
threading.Thread(target=pump, daemon=True).start()
threading.Thread(target=CONTROL.serve_forever, daemon=True).start()
LOOP = GLib.MainLoop()


def until_parent_ends():
    sys.stdin.read()
    LOOP.quit()


threading.Thread(target=until_parent_ends, daemon=True).start()
print(
    json.dumps({"rtspPort": SERVER.get_bound_port(), "controlPort": CONTROL.server_port, "epochMs": EPOCH * 1000}),
    flush=True,
)
LOOP.run()
