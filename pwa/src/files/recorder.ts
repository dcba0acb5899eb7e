// Speech into one file, a minute at most, with the loudness while it runs. The only use of the browser's recorder.
// Not here: what is said and drawn meanwhile.

/** Long enough for what a keyboard would take too long for, short enough to be listened to. */
export const secondsMax = 60;
/** Speech is understood at this; a minute is then 180 KB. */
const bitsPerSecond = 24_000;
const types = ['audio/webm;codecs=opus', 'audio/mp4', 'audio/ogg;codecs=opus'];

/** refused: the person or the browser does not allow it; none: nothing to record with, or another app has it. */
export type Refused = 'refused' | 'none' | 'unsupported';

export interface Recorded { content: Blob; seconds: number }

export interface Recording {
  /** Loudness now, 0 to 1. */
  level(): number;
  seconds(): number;
  stop(): void;
  /** Resolves when it has stopped, by hand, by itself, or because the microphone was taken away. */
  done: Promise<Recorded>;
}

/** Begin; the browser may ask the person first. */
export async function startRecording(): Promise<Recording | Refused> {
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (!devices || typeof MediaRecorder === 'undefined') return 'unsupported';
  let stream: MediaStream;
  try {
    stream = await devices.getUserMedia({ audio: { channelCount: 1, noiseSuppression: true } });
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    return error.name === 'NotAllowedError' || error.name === 'SecurityError' ? 'refused' : 'none';
  }
  const mimeType = types.find((type) => MediaRecorder.isTypeSupported(type));
  return recordingOf(stream, new MediaRecorder(stream, { ...(mimeType ? { mimeType } : {}), audioBitsPerSecond: bitsPerSecond }));
}

function recordingOf(stream: MediaStream, recorder: MediaRecorder): Recording {
  const began = performance.now();
  const pieces: Blob[] = [];
  const loudness = listening(stream);
  const seconds = (): number => Math.min(secondsMax, (performance.now() - began) / 1000);
  const done = new Promise<Recorded>((resolve) => {
    recorder.ondataavailable = (event) => pieces.push(event.data);
    recorder.onstop = () => {
      clearTimeout(end);
      // The phone shows that the microphone is open until its tracks are stopped.
      for (const track of stream.getTracks()) track.stop();
      loudness.close();
      resolve({ content: new Blob(pieces, { type: recorder.mimeType }), seconds: Math.round(seconds()) });
    };
  });
  function stop(): void {
    if (recorder.state !== 'inactive') recorder.stop();
  }
  recorder.start(1000);
  const end = setTimeout(stop, secondsMax * 1000);
  return { level: loudness.level, seconds, stop, done };
}

function listening(stream: MediaStream): { level(): number; close(): void } {
  const audio = new AudioContext();
  const analyser = audio.createAnalyser();
  audio.createMediaStreamSource(stream).connect(analyser);
  const wave = new Float32Array(analyser.fftSize);
  return {
    level() {
      analyser.getFloatTimeDomainData(wave);
      const mean = wave.reduce((sum, one) => sum + one * one, 0) / wave.length;
      // Ordinary speech is about a fifth of what a microphone can take.
      return Math.min(1, Math.sqrt(mean) * 5);
    },
    close: () => void audio.close()
  };
}
