// 中文：换了网络的终端。
import type { terminals as en } from '../en/terminals.ts';

export const terminals: typeof en = {
  title: '异地终端',
  lead: '这些终端来自未经确认的网络：可能被搬走，也可能门店换了线路。在您判断之前，摄像头不会打开；付款码等其他方式照常。',
  none: '所有终端都在原处',
  noneText: '有终端从别的网络发来请求时，会显示在这里。',
  more: '这里是最近的 {{n}} 台，可能还有更多。',
  kind_kiosk: '自助机',
  kind_mini: '收银终端',
  knownNetworks: '已确认网络',
  waitingNetwork: '当前网络',
  since: '最早出现',
  lastAsked: '最近请求',
  camera: '摄像头',
  cameraSame: '没有变化',
  cameraChanged: '{{at}}起换了一个',
  activated: '激活时间',
  confirm: '确认在此',
  confirmSure: '{{shop}}的终端确实在那里吗？',
  confirmSureText: '确认后可在那里刷脸付款，{{network}} 今后视为该终端的网络。请先向门店核实。',
  confirmDone: '{{shop}}的终端已确认使用 {{network}}，可以刷脸付款了。',
  revoke: '停用终端',
  revokeSure: '停用{{shop}}的终端？',
  revokeSureText: '从下一次请求起即被拒绝，不能再收任何款。要恢复，须用新的激活码重新激活。它目前来自 {{network}}。',
  revokeDone: '{{shop}}的终端已停用。它来自 {{network}}。',
};
