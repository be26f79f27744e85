import { expect, it } from 'vitest';
import { cameraRef, kindOfCamera, type CameraSettings } from './camera.ts';

it.each([
  ['OBS Virtual Camera', 'virtual'], ['OBS-Camera', 'virtual'], ['OBS Camera (m-de:vice)', 'virtual'], ['ManyCam Virtual Webcam', 'virtual'], ['ManyCam Video Source', 'virtual'],
  ['Dummy video device (0x0000)', 'virtual'], ['v4l2loopback', 'virtual'], ['Snap Camera', 'virtual'], ['XSplit VCam', 'virtual'], ['e2eSoft VCam', 'virtual'], ['DroidCam Source 3', 'virtual'],
  ['Camera (NVIDIA Broadcast)', 'virtual'], ['Unity Video Capture', 'virtual'], ['screen-capture-recorder', 'virtual'], ['NDI Webcam Video 1', 'virtual'], ['虚拟摄像头', 'virtual'], ['/tmp/OBS Virtual Camera.y4m', 'virtual'],
  ['fake_device_0', 'fake'], ['/tmp/sonrisa-camera-x/current.y4m', 'fake'], ['C:\\\\clips\\\\a.mjpeg', 'fake'],
  ['', 'real'], ['FaceTime HD Camera', 'real'], ['Integrated Camera (04f2:b6cb)', 'real'], ['HD Pro Webcam C920 (046d:082d)', 'real'], ['camera2 1, facing front', 'real'], ['Logitech BRIO', 'real'],
  ['iPhone Camera', 'real'], ['Observer 4K', 'real'], ['Jobsite Cam', 'real'], ['Camomile HD', 'real'], ['USB2.0 UVC PC Camera', 'real'], ['前置摄像头', 'real'], ['Intel(R) RealSense(TM) Depth Camera 435', 'real'],
])('%s is %s', (label, kind) => {
  expect(kindOfCamera(label)).toBe(kind);
});

it('a camera is the same whatever picture it gives, and another one when it is another device', async () => {
  const camera: CameraSettings = { label: 'FaceTime HD Camera', deviceIdHash: 'A'.repeat(43), width: 1280, height: 720, frameRate: 30, facingMode: 'user' };
  const ref = await cameraRef(camera);
  expect(await cameraRef({ ...camera, width: 640, height: 480, frameRate: 15 })).toBe(ref);
  const others = await Promise.all([{ label: 'Other' }, { deviceIdHash: 'B'.repeat(43) }, { deviceIdHash: null }, { facingMode: null }].map((change) => cameraRef({ ...camera, ...change })));
  expect(new Set([ref, ...others]).size).toBe(5);
});
