<?php
// A generated client's life in PHP: the WSDL is all it knows. One call a line, see tests/clients/lines.py.
[, $wsdl, $version, $name, $secret] = $argv;
$client = new SoapClient($wsdl, [
    'soap_version' => $version === '1.2' ? SOAP_1_2 : SOAP_1_1,
    'login' => $name,
    'password' => $secret,
    'features' => SOAP_SINGLE_ELEMENT_ARRAYS,
    'cache_wsdl' => WSDL_CACHE_NONE,
]);

while (($line = fgets(STDIN)) !== false) {
    $message = json_decode($line, true);
    try {
        $answer = $client->__soapCall($message['operation'], [$message['fields']]);
        // Every response holds one element, which document/literal wrapped does not take off in PHP.
        $reply = ['answer' => current(get_object_vars($answer))];
    } catch (SoapFault $fault) {
        $typed = $fault->detail->ProvisioningFault ?? null;
        $reply = ['fault' => [
            'code' => $typed->code ?? "untyped: {$fault->getMessage()}",
            'field' => $typed->field ?? null,
        ]];
    }
    fwrite(STDOUT, json_encode($reply, JSON_THROW_ON_ERROR) . "\n");
}
