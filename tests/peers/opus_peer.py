"""GStreamer as an independent Opus receiver: /usr/bin/python3 opus_peer.py PORT OUT.wav

Prints "ready" when it listens; ends and closes the file when stdin closes.
"""

import sys

import gi

gi.require_version("Gst", "1.0")
from gi.repository import Gst  # noqa: E402

Gst.init(None)
port, out = sys.argv[1:3]
caps = "application/x-rtp,media=audio,encoding-name=OPUS,payload=96,clock-rate=48000"
pipeline = Gst.parse_launch(
    f'udpsrc address=127.0.0.1 port={port} caps="{caps}" name=src ! rtpjitterbuffer latency=60 ! rtpopusdepay '
    "! opusdec ! audioconvert ! audioresample ! audio/x-raw,format=S16LE,rate=16000,channels=1 ! wavenc "
    f"! filesink location={out}"
)
pipeline.set_state(Gst.State.PLAYING)
print("ready", flush=True)
sys.stdin.read()
pipeline.send_event(Gst.Event.new_eos())
message = pipeline.get_bus().timed_pop_filtered(5 * Gst.SECOND, Gst.MessageType.EOS | Gst.MessageType.ERROR)
pipeline.set_state(Gst.State.NULL)
if message and message.type == Gst.MessageType.ERROR:
    sys.exit(str(message.parse_error()))
