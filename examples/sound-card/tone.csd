<CsoundSynthesizer>
<CsOptions>
-+rtaudio=jack -+jack_client=csound -odac -b 256 -B 1024 -m0 -d
</CsOptions>
<CsInstruments>
sr = 48000
ksmps = 64
nchnls = 2
0dbfs = 1

instr 1
  aTone oscili 0.25, 440
  outs aTone, aTone
endin
</CsInstruments>
<CsScore>
i 1 0 864000
</CsScore>
</CsoundSynthesizer>
