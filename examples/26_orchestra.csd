<CsoundSynthesizer>
; A Csound piece with a page of its own: its pitch is told by OSC, its level and its brightness by channels.
;   telharmonic play examples/26_orchestra.csd
<CsOptions>
-odac
</CsOptions>
<CsInstruments>
sr = 48000
ksmps = 32
nchnls = 2
0dbfs = 1

gkPitch init 440
giOsc OSCinit 7701

chn_k "level", 1, 2, 0.25, 0, 0.5       ; in, linear, begins with 0.25, from 0 to 0.5
gkBright chnexport "brightness", 1, 3, 1, 1, 16

instr Tone
  kAny OSClisten giOsc, "/tone/pitch", "f", gkPitch     ; @range 100 4000 log
  kBell OSClisten giOsc, "/tone/bell", ""
  if kBell == 1 then
    event "i", "Bell", 0, 1
  endif
  kLevel port chnget:k("level"), 0.02
  aTone buzz 1, port(gkPitch, 0.02, 440), gkBright, -1
  outs kLevel * aTone, kLevel * aTone
endin

instr Bell
  aBell oscili expseg(0.25, p3, 0.001), 1760
  outs aBell, aBell
endin
</CsInstruments>
<CsScore>
i "Tone" 0 864000
</CsScore>
</CsoundSynthesizer>
