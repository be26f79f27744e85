// Where the faces are in the six group photos that ship inside @vladmandic/face-api: numbers only, found once with
// the embedded detector. The photos themselves stay in their package.

/** In pixels of the photo (1920 wide), as the detector boxes a face: forehead to chin. */
export type FaceRectangle = { readonly x: number; readonly y: number; readonly side: number };

/** All faces of sample1.jpg … sample6.jpg. */
export const sampleFaces: Readonly<Record<number, readonly FaceRectangle[]>> = {
  1: [{ x: 418, y: 406, side: 193 }, { x: 848, y: 466, side: 176 }, { x: 1491, y: 268, side: 146 }],
  2: [{ x: 350, y: 186, side: 211 }, { x: 866, y: 251, side: 211 }, { x: 1457, y: 197, side: 196 }],
  3: [{ x: 1065, y: 259, side: 247 }, { x: 589, y: 383, side: 205 }, { x: 1467, y: 357, side: 204 }],
  4: [{ x: 974, y: 229, side: 201 }, { x: 1279, y: 202, side: 185 }, { x: 235, y: 245, side: 180 }, { x: 676, y: 126, side: 167 }],
  5: [{ x: 1418, y: 439, side: 210 }, { x: 356, y: 940, side: 205 }, { x: 569, y: 457, side: 199 }, { x: 1114, y: 260, side: 180 }, { x: 778, y: 161, side: 166 }],
  6: [{ x: 1465, y: 312, side: 248 }, { x: 655, y: 374, side: 245 }, { x: 1151, y: 352, side: 230 }, { x: 243, y: 535, side: 220 }],
};
