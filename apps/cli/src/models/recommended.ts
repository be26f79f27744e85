// The recommended pack: which files, from where, under which terms, and how they want their input. Pinned by sha256.
import type { CustomProfile } from '@sonrisa/face/models/custom/profile.ts';
import type { PinnedFile } from './download.ts';

export type RecommendedFile = PinnedFile & { readonly url: string; readonly origin: string; readonly licence: string; readonly note: string | null };

const zoo = 'https://media.githubusercontent.com/media/opencv/opencv_zoo/main/models';

const detector: RecommendedFile = {
  name: 'face_detection_yunet_2023mar.onnx',
  bytes: 232_589,
  sha256: '8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4',
  url: `${zoo}/face_detection_yunet/face_detection_yunet_2023mar.onnx`,
  origin: 'OpenCV Zoo: YuNet by S. Yu, trained on WIDER FACE',
  licence: 'MIT',
  note: null,
};

const recogniser: RecommendedFile = {
  name: 'face_recognition_sface_2021dec.onnx',
  bytes: 38_696_353,
  sha256: '0ba9fbfa01b5270c96627c4ef784da859931e02f04419c829e83484087c34e79',
  url: `${zoo}/face_recognition_sface/face_recognition_sface_2021dec.onnx`,
  origin: 'OpenCV Zoo: SFace by Y. Zhong, W. Deng and others',
  licence: 'Apache-2.0',
  note: null,
};

const spoof: RecommendedFile = {
  name: 'face_antispoof_9820.onnx',
  bytes: 1_912_594,
  sha256: 'af2381b88f38769222ed93379e12444e2a50814575de1c46170de570c55a42b6',
  url: 'https://raw.githubusercontent.com/VietAnh954/face-antispoof-onnx/main/models/best/98.20/best_model.onnx',
  origin: 'VietAnh954/face-antispoof-onnx, models/best/98.20',
  licence: 'Apache-2.0',
  note: 'Its training data (CelebA-Spoof) is for non-commercial use only. Whether that binds a net trained on it is for your own lawyer to say; "spoof" may be taken out of the profile.',
};

export const recommendedFiles: readonly RecommendedFile[] = [detector, recogniser, spoof];

const fileOf = ({ name, sha256, origin, licence, note }: RecommendedFile) => ({ file: name, sha256, origin: note === null ? origin : `${origin}. ${note}`, licence });

/** As written beside the files. SFace takes RGB bytes as they are, like OpenCV's FaceRecognizerSF. */
export const recommendedProfile: CustomProfile = {
  profileVersion: 1,
  id: 'recommended',
  detector: { ...fileOf(detector), kind: 'yunet', inputSide: 640, scoreMin: 0.6, overlapMax: 0.3 },
  recogniser: { ...fileOf(recogniser), alignment: 'arcface-112', channels: 'rgb', mean: [0, 0, 0], deviation: [1, 1, 1], embeddingLength: 128 },
  spoof: {
    scoreMin: 0.5,
    nets: [{ ...fileOf(spoof), side: 128, cropScale: 1.5, crop: 'reflected', channels: 'rgb', inputScale: 1 / 255, classes: 2, realIndex: 0 }],
  },
};
