#!/bin/sh
# Listen without a browser: a session's stream is a WAV file without an end, for curl, ffmpeg, mpv, vlc or a radio.
#   examples/05_listen.sh 'LINK OF THE PAGE' [OUT.wav]
# The link is what the browser's address bar says while a session plays: http://localhost:8000/#session=...&token=...
set -eu
link=${1:?give the link of the page, in quotes}
out=${2:-heard.wav}

field() { echo "$link" | sed "s/.*[#&]$1=\([^&]*\).*/\1/"; }
stream="${link%%/#*}/api/sessions/$(field session)/stream?format=wav"

# The front door sends on (-L) to the node that has the sound. A player takes the token in the URL: &token=TOKEN
timeout 3 curl -sSfL -H "Authorization: Bearer $(field token)" "$stream" > "$out.part" || [ $? -eq 124 ]

# ffmpeg (or soundfile) reads it as it is; written again, it knows its length.
ffmpeg -v error -y -i "$out.part" "$out"
rm "$out.part"
echo "heard $(ffprobe -v error -show_entries format=duration -of csv=p=0 "$out") s: $out"
