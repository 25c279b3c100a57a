<CsoundSynthesizer>
; The grain player of CloudOrch, written anew: one recording, stretched by Csound's grain3, told by OSC on port 3666,
; heard through JACK. Start it beside a JACK server:
;
;   csound demo/grains.csd
;
; -B is two of the server's periods or more: 512 is for periods up to 256 frames, `-B 2048` for one of 1024, and
; `-B 256` for one of 128 is heard 5 ms sooner. -b is one period of control, so that OSC waits for no more than that.
; With its page:          telharmonic play demo/grains.csd
; Or render it to a file:   csound -o cloud.wav demo/grains.csd
; Another player beside it: csound -+jack_client=player2 --omacro:PORT=3667 demo/grains.csd
<CsOptions>
-d -m0 -+rtaudio=jack -+jack_client=grains -odac -b 32 -B 512
</CsOptions>
<CsInstruments>
sr = 48000
ksmps = 32
nchnls = 2
0dbfs = 1

#ifndef RECORDING
#define RECORDING #grains/aria.ogg#
#end
#ifndef PORT
#define PORT #3666#
#end
#ifndef AMP
#define AMP #0.125#
#end
#ifndef DENS
#define DENS #250#
#end
#ifndef DUR
#define DUR #0.1#
#end
#ifndef MOST
#define MOST #2000#
#end

; grain3 reads tables of a power of two: the recording, and silence behind it
giFrames = filelen("$RECORDING") * filesr("$RECORDING")
giSize = 2 ^ ceil(log(giFrames) / log(2))
giSound ftgen 0, 0, giSize, 1, "$RECORDING", 0, 0, 1
giWindow ftgen 0, 0, 16384, 20, 2, 1
giShare = giFrames / giSize
giSeconds = filelen("$RECORDING")

; what OSC sets, as the paper calls it
gkAmp init $AMP
gkFreq init 1           ; 1 is the recorded pitch, 2 an octave above
gkFreqRand init 0.001   ; share of gkFreq by which grains differ
gkDens init $DENS       ; grains a second
gkDur init $DUR         ; seconds of a grain
gkPhase init 0          ; place in the recording, 0 to 1
gkPhaseMix init 0       ; 0: the scan goes through the recording; 1: gkPhase says where
gkPing init 0

giOsc OSCinit $PORT

instr Listen
  ; the ranges are for the page of `telharmonic play`
  kAny OSClisten giOsc, "/grain/gkAmp", "f", gkAmp             ; @range 0 1
  kAny OSClisten giOsc, "/grain/gkFreq", "f", gkFreq           ; @range 0.0625 8 1 log
  kAny OSClisten giOsc, "/grain/gkFreqRand", "f", gkFreqRand   ; @range 0 1
  kAny OSClisten giOsc, "/grain/gkDens", "f", gkDens           ; @range 0 2000
  kAny OSClisten giOsc, "/grain/gkDur", "f", gkDur             ; @range 0.001 2 log
  kAny OSClisten giOsc, "/grain/gkPhase", "f", gkPhase         ; @range 0 1
  kAny OSClisten giOsc, "/grain/gkPhaseMix", "f", gkPhaseMix   ; @range 0 1
  kPing OSClisten giOsc, "/ping/freq", "f", gkPing             ; @range 20 20000 440 log
  if kPing == 1 then
    event "i", "Burst", 0, 0.02, gkPing
  endif
endin

instr Burst
  aBurst oscili 0.5, limit(p4, 20, 20000)
  aBurst linen aBurst, 0.001, p3, 0.001
  outs aBurst, aBurst
endin

instr Cloud
  kAmp port limit(gkAmp, 0, 4), 0.01, $AMP
  kFreq = limit(gkFreq, 0, 16) / giSeconds
  kScan phasor 1 / giSeconds
  kPlace port limit(gkPhase, 0, 1), 0.02
  kPlace = gkPhaseMix * kPlace + (1 - gkPhaseMix) * kScan
  kSpread = kFreq * gkFreqRand
  kTurn = kFreq - (1 - gkPhaseMix) / giSeconds   ; grain3 carries sounding grains along with the scan: taken off again
  kDens limit gkDens, 0.0001, 2000
  kDur limit gkDur, 0.001, 2
  aCloud grain3 kTurn * giShare, kPlace * giShare, kSpread * giShare, 0, kDur, kDens, $MOST, giSound, giWindow, -0.5, 0, 1, 2
  outs kAmp * aCloud, kAmp * aCloud
endin
</CsInstruments>
<CsScore>
#ifndef SECONDS
#define SECONDS #86400#
#end
i "Listen" 0 $SECONDS
i "Cloud" 0 $SECONDS
e
</CsScore>
</CsoundSynthesizer>
