/** Points (测点) of each kind of device, with units and limits. Keys are what telemetry and state messages carry. */
const number = (key, zh, en, unit, limits = {}) => ({
  key,
  name: { zh, en },
  kind: 'number',
  unit,
  ...limits,
});
const flag = (key, zh, en) => ({ key, name: { zh, en }, kind: 'boolean' });
const state = (key, zh, en) => ({ key, name: { zh, en }, kind: 'state' });

const ALARM = flag('alarm', '报警', 'Alarm');
const FAULT = flag('fault', '故障', 'Fault');
const TAMPER = flag('tamper', '防拆', 'Tamper');
const detector = [ALARM, FAULT, flag('isolated', '屏蔽', 'Isolated')];

export const POINTS = {
  fire_controller: [
    state('mode', '控制方式', 'Control mode'),
    number('fires', '火警数', 'Fires', '', { high: 0 }),
    number('faults', '故障数', 'Faults', '', { high: 0 }),
    number('isolated', '屏蔽数', 'Isolated', ''),
    state('mainPower', '主电', 'Mains power'),
    state('backupPower', '备电', 'Backup power'),
  ],
  smoke: [...detector, number('obscuration', '烟雾浓度', 'Obscuration', '%/m', { high: 3 })],
  heat: [...detector, number('temperature', '温度', 'Temperature', '°C', { high: 58 })],
  manual_call_point: detector,
  hydrant: [number('pressure', '管网压力', 'Pressure', 'MPa', { low: 0.35, high: 0.9 }), flag('doorOpen', '箱门开启', 'Door open')],
  sprinkler: [number('pressure', '末端压力', 'End pressure', 'MPa', { low: 0.1, high: 1.2 }), flag('flow', '水流指示', 'Water flow')],
  gas: [number('concentration', '可燃气体浓度', 'Combustible gas', '%LEL', { high: 10 }), ALARM, FAULT],
  toxic: [number('concentration', '氨浓度', 'Ammonia', 'ppm', { high: 25 }), ALARM, FAULT],
  fence_vibration: [flag('armed', '布防', 'Armed'), ALARM, TAMPER, FAULT, number('amplitude', '振动幅度', 'Vibration', 'mV', { high: 120 })],
  fence_beam: [flag('armed', '布防', 'Armed'), ALARM, TAMPER, FAULT, number('signal', '对射强度', 'Beam strength', '%', { low: 40 })],
  intercom: [flag('calling', '呼叫', 'Calling'), FAULT],
  panic_button: [ALARM, TAMPER, number('battery', '电量', 'Battery', '%', { low: 20 })],
  door: [flag('open', '门开', 'Open'), flag('locked', '上锁', 'Locked'), FAULT],
  turnstile: [number('passesIn', '进入人次', 'Passes in', ''), number('passesOut', '离开人次', 'Passes out', ''), state('mode', '通行模式', 'Mode'), FAULT],
  barrier: [flag('open', '抬杆', 'Open'), number('vehiclesIn', '进车', 'Vehicles in', ''), number('vehiclesOut', '出车', 'Vehicles out', ''), FAULT],
  elevator: [number('floor', '楼层', 'Floor', ''), state('direction', '方向', 'Direction'), flag('trapped', '困人', 'Trapped'), FAULT],
  pump: [flag('running', '运行', 'Running'), number('pressure', '出口压力', 'Outlet pressure', 'MPa', { low: 0.15, high: 1.2 }), number('current', '电流', 'Current', 'A', { high: 60 }), FAULT],
  hvac: [flag('running', '运行', 'Running'), number('supply', '送风温度', 'Supply air', '°C', { low: 10, high: 30 }), number('return', '回风温度', 'Return air', '°C', { low: 12, high: 32 }), state('mode', '模式', 'Mode')],
  light: [flag('on', '开启', 'On'), number('power', '功率', 'Power', 'kW', { high: 12 })],
  energy_meter: [number('power', '有功功率', 'Active power', 'kW', { high: 800 }), number('energy', '电度', 'Energy', 'kWh'), number('voltage', '电压', 'Voltage', 'V', { low: 205, high: 242 }), number('factor', '功率因数', 'Power factor', '', { low: 0.85 })],
  water_meter: [number('flow', '瞬时流量', 'Flow', 'm³/h', { high: 30 }), number('total', '累计水量', 'Total', 'm³')],
  transformer: [number('winding', '绕组温度', 'Winding temperature', '°C', { high: 110 }), number('oil', '油温', 'Oil temperature', '°C', { high: 85 }), number('load', '负载率', 'Load', '%', { high: 90 })],
  ups: [number('load', '负载率', 'Load', '%', { high: 80 }), number('battery', '电池容量', 'Battery', '%', { low: 60 }), number('temperature', '电池温度', 'Battery temperature', '°C', { high: 35 }), state('mode', '供电方式', 'Source')],
  generator: [flag('running', '运行', 'Running'), number('fuel', '油位', 'Fuel', '%', { low: 40 }), number('battery', '启动电压', 'Starter battery', 'V', { low: 23.5, high: 29 })],
  pv: [number('power', '发电功率', 'Power', 'kW'), number('energy', '累计发电', 'Energy', 'kWh'), number('temperature', '组件温度', 'Module temperature', '°C', { high: 80 })],
  environment: [number('temperature', '气温', 'Air temperature', '°C', { low: -2, high: 39 }), number('humidity', '湿度', 'Humidity', '%RH'), number('pm25', 'PM2.5', 'PM2.5', 'µg/m³', { high: 75 }), number('noise', '噪声', 'Noise', 'dB', { high: 65 }), number('wind', '风速', 'Wind', 'm/s', { high: 17 }), number('windDirection', '风向', 'Wind direction', '°'), number('rain', '小时雨量', 'Rain per hour', 'mm', { high: 30 })],
  water_level: [number('level', '水位', 'Level', 'm', { low: 0.8, high: 3.2 }), FAULT],
  parking: [number('free', '空余车位', 'Free spaces', ''), number('used', '占用车位', 'Used spaces', '')],
  speaker: [flag('playing', '放音', 'Playing'), number('volume', '音量', 'Volume', '%'), FAULT],
  patrol_terminal: [number('battery', '电量', 'Battery', '%', { low: 20 }), number('signal', '信号', 'Signal', 'dBm', { low: -105 })],
  gateway: [number('children', '在线子设备', 'Devices online', ''), number('cpu', '处理器负载', 'Processor load', '%', { high: 85 }), number('uptime', '运行时间', 'Uptime', 'h')],
  server_room: [number('temperature', '温度', 'Temperature', '°C', { low: 18, high: 27 }), number('humidity', '湿度', 'Humidity', '%RH', { low: 35, high: 70 }), flag('leak', '漏水', 'Water leak')],
  sewage: [number('ph', 'pH', 'pH', '', { low: 6, high: 9 }), number('cod', 'COD', 'COD', 'mg/L', { high: 300 }), number('flow', '排放流量', 'Discharge', 'm³/h', { high: 20 })],
  charger: [number('power', '充电功率', 'Charging power', 'kW', { high: 65 }), state('mode', '状态', 'State'), FAULT],
}; // prettier-ignore
