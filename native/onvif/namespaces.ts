/** Services of a device by their namespace, as GetServices names them, and the prefix that requests use. */
export const SERVICES = {
  device: { prefix: 'tds', uri: 'http://www.onvif.org/ver10/device/wsdl' },
  media: { prefix: 'trt', uri: 'http://www.onvif.org/ver10/media/wsdl' },
  media2: { prefix: 'tr2', uri: 'http://www.onvif.org/ver20/media/wsdl' },
  ptz: { prefix: 'tptz', uri: 'http://www.onvif.org/ver20/ptz/wsdl' },
  events: { prefix: 'tev', uri: 'http://www.onvif.org/ver10/events/wsdl' },
  imaging: { prefix: 'timg', uri: 'http://www.onvif.org/ver20/imaging/wsdl' },
  deviceIo: { prefix: 'tmd', uri: 'http://www.onvif.org/ver10/deviceIO/wsdl' },
} as const;
export type ServiceName = keyof typeof SERVICES;

export const NAMESPACE = {
  envelope: 'http://www.w3.org/2003/05/soap-envelope',
  schema: 'http://www.onvif.org/ver10/schema',
  addressing: 'http://www.w3.org/2005/08/addressing',
  notification: 'http://docs.oasis-open.org/wsn/b-2',
  security: 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd',
  utility: 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd',
  passwordDigest:
    'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordDigest',
  base64: 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary',
  discovery: 'http://schemas.xmlsoap.org/ws/2005/04/discovery',
  addressing2004: 'http://schemas.xmlsoap.org/ws/2004/08/addressing',
  networkTypes: 'http://www.onvif.org/ver10/network/wsdl',
} as const;
