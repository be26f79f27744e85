// Puts somebody in front of the camera.
import sharp from 'sharp';
import type { Person, People } from '../../apps/cli/src/demo/people.ts';
import { cameraHeight, cameraWidth } from './camera.ts';
import type { Camera } from './camera.ts';

const framesInClip = 10;

export const putInView = async (camera: Camera, person: Person, kind: 'enrolment' | 'till' | 'poor_camera' = 'till', seed = 12): Promise<void> =>
  camera.show(`${encodeURIComponent(person.name)}-${kind}-${seed}`, await person.burst({ kind, seed, count: framesInClip }));

export const putGroupInView = async (camera: Camera, people: People): Promise<void> => camera.show('group', await people.group(4));

/** The payer, and somebody close behind their shoulder whose face is not quite half as tall. */
export async function putWithCompany(camera: Camera, person: Person, company: Person): Promise<void> {
  const look = { kind: 'till', seed: 12, count: framesInClip } as const;
  const [frames, others] = [await person.burst(look), await company.burst(look)];
  const both = frames.map(async (frame, index) => {
    // The head in the middle of the other's picture, small, in the upper corner.
    const head = await sharp(others[index]).resize(Math.round(cameraWidth * companySize), Math.round(cameraHeight * companySize)).toBuffer();
    const cut = await sharp(head).extract({ left: Math.round(cameraWidth * companySize * 0.25), top: 0, width: Math.round(cameraWidth * companySize * 0.5), height: Math.round(cameraHeight * companySize) }).toBuffer();
    return sharp(frame).resize(cameraWidth, cameraHeight).composite([{ input: cut, left: 0, top: 0 }]).jpeg({ quality: 95 }).toBuffer();
  });
  await camera.show(`${encodeURIComponent(person.name)}-and-${encodeURIComponent(company.name)}`, await Promise.all(both));
}

const companySize = 0.45;
