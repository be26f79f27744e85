// 中文：后台框架。
import type { operator as enOperator } from '../en/operator.ts';

export const operator: typeof enOperator = {
  title: '运营后台',
  home: '返回首页',
  cases: '“不是我”申诉',
  faces: '相似人脸',
  merchants: '商户',
  proposals: '双人复核',
  overview: '概况',
  terminals: '终端',
  trail: '操作记录',
  sms: '短信',
  risk: '风控规则',
  signOut: '退出',
  signInText: '供本系统的运营人员使用。令牌只存在这个标签页里，关掉就清除。',
  token: '运营令牌',
  tokenWrong: '这个令牌打不开后台，请检查是否复制完整。',
  signIn: '登录',
  signInSandbox: '沙盒里有两个人：一个人提出，另一个人批准。',
  signInAs: '以 {{name}} 的身份进入',
  outcome_allow: '放行',
  outcome_ask_digits: '要求尾号',
  outcome_ask_pin: '要求密码',
  outcome_confirm_on_phone: '要求手机确认',
  outcome_refuse: '拒绝',
};
